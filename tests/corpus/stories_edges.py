"""Near the edges: moments just inside and outside of a rule's time, names that only begin alike, records with gaps."""

import datetime as dt

from stories_consent import after, remembered
from stories_identity import EM_CLIENT, MAIL, calm
from stories_use import K9, RENTED, THUNDERBIRD, Office, client, mailbox_formats, usual
from story import EXCHANGE, GRAPH, TENANT, UNIFIED, Story, Thing, day, guid

EWS_ITSELF = "47629505-c2b6-4a80-adb1-9b3a3d233b7b"


def stories():
    return moments() + names() + gaps()


def minutes(moment, count):
    return moment + dt.timedelta(minutes=count)


def moments():
    out = []
    for id, kind, count, hits in (("d13-granted-after-58-minutes", "hit", 58, 40), ("d13-granted-after-62-minutes", "hit", 62, 20)):
        story = Story(id, "D13", kind, f"Granted by another {count} minutes after the refusal.")
        app = story.app("Ledgerly")
        story.consent(day(2), story.user("Ada Lindqvist"), app, (GRAPH, "Mail.Read"), refused=True)
        story.gives(minutes(day(2), count), story.user("Bo Berg"), app, MAIL)
        story.want("watch", "D04 D13", weights={"D13": hits})
        out.append(story)
    for id, kind, count in (("d19-read-after-14-minutes", "hit", 14), ("d19-read-after-16-minutes", "miss", 16)):
        story = calm(id, "D19", kind, f"The first read came {count} minutes after the consent.")
        story.read(minutes(day(2), count), story.users[0], story.subject)
        hit = kind == "hit"
        mailbox_formats(story, (("watch", "D04 D19"), {}) if hit else (("info", "D04"), {"miss": "D19"}),
                        (("info", "D04"), {"unknown": "D19"}))
        out.append(story)
    for id, kind, hours in (("d20-rule-after-47-hours", "hit", 47), ("d20-rule-after-49-hours", "miss", 49)):
        story = calm(id, "D20", kind, f"A hiding rule {hours} hours after the consent.")
        story.changes.clear()
        story.consent(day(4), story.users[0], story.subject, MAIL)
        story.inbox_rule(minutes(day(4), 60 * hours), story.users[0], ".", DeleteMessage="True")
        hit = kind == "hit"
        mailbox_formats(story, (("watch", "D04 D20"), {}) if hit else (("info", "D04"), {"miss": "D20"}),
                        (("info", "D04"), {"unknown": "D20"}))
        out.append(story)
    for id, kind, count in (("d23-made-in-29-minutes", "hit", 29), ("d23-made-in-33-minutes", "miss", 33)):
        story = Story(id, "D23", kind, f"Registered, given a secret, and consented {count} minutes after the registration.")
        bo = story.user("Bo Berg")
        app = story.app("Backup helper", owner=TENANT, verified=False, created=day(2, "10:00:30"))
        story.registers(day(2), bo, app)
        story.secret(day(2, "10:04:00"), bo, app, on="Application")
        story.gives(minutes(day(2), count), bo, app, MAIL)
        story.want("alert" if kind == "hit" else "watch", "D04 D11 D21" + (" D23" if kind == "hit" else ""),
                   miss="" if kind == "hit" else "D23")
        out.append(story)
    for id, kind, days in (("d22-asleep-for-95-days", "hit", 95), ("d22-asleep-for-85-days", "miss", 85)):
        story = Story(id, "D22", kind, f"Unused for {days} days, and used yesterday.")
        app, ada = story.app("Ledgerly"), story.user("Ada Lindqvist")
        story.holds(app, ada, MAIL)
        story.last_used(app, day(1 + days))
        story.sign_in(day(1), ada, app)
        story.want(*(("watch", "D04 D22") if kind == "hit" else ("info", "D04")), miss="" if kind == "hit" else "D22")
        out.append(story)
    for id, kind, count in (("d16-joined-after-14-minutes", "hit", 14), ("d16-sign-in-an-hour-before", "not-evaluable", 60)):
        story = calm(id, "D16", kind, f"A risky sign-in to the application {count} minutes before the consent.")
        story.sign_in(minutes(day(2), -count), story.users[0], story.subject, risk="high")
        if kind == "hit":
            story.want("watch", "D04 D16", formats=("graph", "log-analytics"))
            story.want("info", "D04", unknown="D16", formats=UNIFIED)
        else:
            story.want("info", "D04", unknown="D16")
        out.append(story)
    return out


def names():
    out = []
    for id, name, why, hit in (
            ("d03-zero-for-o", "0utlook", "A zero stands for the O.", True),
            ("d03-full-width", "\uff2f\uff55\uff54\uff4c\uff4f\uff4f\uff4b", "Outlook in letters of full width.", True),
            ("d03-micr0soft", "Micr0soft Teams", "A zero within Microsoft's name.", True),
            ("d03-teamsters", "Teamsters Roster", "A word that begins like Teams.", False),
            ("d03-zoom-for-outlook", "Zoom for Outlook", "It says which product it works with.", False),
            ("d03-wordsmith", "Wordsmith Pro", "A word that begins like Word.", False),
            ("d03-shorter-person", "Ada Lind", "The beginning of a user's name is not his name.", False),
            ("d03-accented", "Agenda \u00c9t\u00e9 2026", "An honest French name.", False),
            ("d03-mixed-honest", "LINE \u30e1\u30fc\u30eb\u9023\u643a", "A Japanese name with a Latin brand in it.", False)):
        story = calm(id, "D03", "hit" if hit else "miss", why, name)
        story.want(*(("watch", "D03 D04") if hit else ("info", "D04")), miss="" if hit else "D02 D03")
        out.append(story)
    for id, name, why, hit in (
            ("d02-other-case", "Perfectdata  software", "Another case and two blanks.", True),
            ("d02-blank-for-underscore", "Mail Backup", "Two everyday words: only the underscore makes it the catalogued name.", False),
            ("d02-front-desk", "Front Desk", "It begins with the name of an honest client.", False)):
        story = calm(id, "D02", "hit" if hit else "miss", why, name)
        story.want(*(("watch", "D02 D04") if hit else ("info", "D04")), miss="" if hit else "D02", any="D03" if hit else "")
        out.append(story)
    return out


def gaps():
    role = Story("d05-role-in-the-log-alone", "D05", "hit", "The roles were not exported, but the log shows one being given.")
    app = role.app("Vault Archive")
    role.role(day(3), app, GRAPH, "Mail.Read", by=role.user("Bo Admin"))
    role.without("appRoleAssignments")
    role.want("watch", "D05")

    taken = Story("d04-given-and-taken-back", "D04", "miss", "The grant was given and taken back; the profile stayed.")
    app, ada = taken.app("Ledgerly", disabled="DisabledDueToViolationOfServicesAgreement"), taken.user("Ada Lindqvist")
    taken.consent(day(4), ada, app, (EXCHANGE, "IMAP.AccessAsUser.All"), (GRAPH, "User.Read"))
    taken.grant_change(day(2), taken.user("Bo Admin"), app, ada, EXCHANGE, "IMAP.AccessAsUser.All", "", "Remove")
    taken.holds(app, ada, (GRAPH, "User.Read"))
    taken.want("watch", "D10", miss="D04")

    hidden = Story("d19-read-through-ews", "D19", "not-evaluable",
                   "The first read came through EWS, which hides the application: it may have been this one.")
    app, ada = hidden.app("Ledgerly"), hidden.user("Ada Lindqvist")
    hidden.gives(day(2), ada, app, (EXCHANGE, "EWS.AccessAsUser.All"))
    ews = Thing(app_id=EWS_ITSELF)
    hidden.read(after(day(2), 40), ada, ews, via=EWS_ITSELF, info="Client=WebServices;Unknown;")
    hidden.want("info", "D04", unknown="D19")

    genuine = client("d18-k9-over-imap", "D18", "miss", "K-9 Mail reads over IMAP, as it should.", "K-9 Mail", K9)
    genuine.read(day(2), genuine.users[0], genuine.subject, via=None, items=4, info="Client=POP3/IMAP4;Protocol=IMAP4")
    genuine.want("info", "D04", miss="D18", formats=UNIFIED + ("log-analytics",))
    genuine.want("info", "D04", unknown="D18", formats=("graph",))

    silent = calm("d16-risk-hidden", "D16", "miss", "Without a P2 licence risk is hidden; country and protocol are usual.")
    silent.office = Office()
    usual(silent, silent.users[0], "DE", "DE")
    silent.sign_in(day(2, "09:58:00"), silent.users[0], silent.subject, risk="hidden")
    silent.want("info", "D04", miss="D16", formats=("graph", "log-analytics"))
    silent.want("info", "D04", unknown="D16", formats=UNIFIED)

    zeros = Story("d14-first-consent-without-ids", "D14", "miss",
                  "The first consent's record has zeros for the client: nothing grew.")
    app, ada = zeros.app("Ledgerly"), zeros.user("Ada Lindqvist")
    zeros.gives(day(2), ada, app, (GRAPH, "Mail.Read User.Read"), (EXCHANGE, "IMAP.AccessAsUser.All"), first=True)
    zeros.same = True
    zeros.without("signIns")
    zeros.want("info", "D04", miss="D14")

    nobody = Story("d14-pair-without-principal", "D14", "hit", "The records of the growth do not say whose grant it is.")
    app, ada = nobody.app("Ledgerly"), nobody.user("Ada Lindqvist")
    nobody.consent(day(4), ada, app, (GRAPH, "User.Read"))
    nobody.amends(day(2), ada, app, GRAPH, "User.Read", "User.Read Mail.ReadWrite")
    for change in nobody.changes:
        change.properties = [one for one in change.properties if not one[0].endswith("Grant.PrincipalId")]
    nobody.want("watch", "D04 D14")

    cloud = client("d17-catalogued-and-rented", "D17", "hit", "eM Client's id from a rented server, beside D01.", "eM Client",
                   EM_CLIENT, **RENTED)
    cloud.sign_ins[-1].agent = "eM Client/10.1.4588.0"
    cloud.want("alert", "D01 D04 D17", formats=("graph", "log-analytics"), any="D18")
    cloud.want("alert", "D01 D04", unknown="D17", formats=UNIFIED, any="D18")
    return [role, taken, hidden, genuine, silent, zeros, nobody, cloud]
