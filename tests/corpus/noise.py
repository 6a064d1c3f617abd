"""What every log holds beside the story: it also shows since when there are logs."""

from story import day


def add(story):
    clerk = story.user("Nora Clerk")
    if "audits" in story.has:
        story.change(day(20, "07:12:31"), "Update user", clerk, [("User", clerk.id, clerk.name)],
                     [("Department", "", "Sales")])
    if "signIns" in story.has:
        story.sign_in(day(20, "07:10:00"), clerk, OFFICE)


class Office:
    name = "Office 365 Exchange Online"
    app_id = "00000002-0000-0ff1-ce00-000000000000"
    owner = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"


OFFICE = Office()
