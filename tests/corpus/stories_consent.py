"""How access was given: D04 to D06, D13 to D15, D21, D23, D24."""

import datetime as dt

from stories_identity import MAIL, calm
from story import EXCHANGE, GRAPH, TENANT, Story, Thing, day, grant_id, guid

TERMS = "DisabledDueToViolationOfServicesAgreement"


def stories():
    return reach() + refused() + grown() + privileged() + credentials() + registered() + posture()


def after(moment, seconds):
    return moment + dt.timedelta(seconds=seconds)


def reach():
    imap = Story("d04-imap-alone", "D04", "hit", "One Exchange scope that no list of Mail.* scopes has.")
    imap.gives(day(2), imap.user("Ada Lindqvist"), imap.app("Ledgerly"), (EXCHANGE, "IMAP.AccessAsUser.All"))
    imap.same = True
    imap.without("signIns")
    imap.want("info", "D04", weights={"D04": 25})
    spread = Story("d04-spread-over-resources", "D04", "hit",
                   "SMTP.Send on Exchange, offline_access on Graph: one application holds both.")
    spread.gives(day(2), spread.user("Ada Lindqvist"), spread.app("Ledgerly"),
                 (EXCHANGE, "SMTP.Send"), (GRAPH, "User.Read offline_access"))
    spread.layout = "2021"
    spread.same = True
    spread.without("signIns")
    spread.want("info", "D04", weights={"D04": 37})
    calendar = Story("d04-calendar", "D04 D05 D06", "miss", "Calendar and contacts, but no mail.")
    calendar.gives(day(2), calendar.user("Ada Lindqvist"), calendar.app("Roomfinder", disabled=TERMS),
                   (GRAPH, "Calendars.ReadWrite Contacts.Read User.Read"))
    calendar.want("watch", "D10", miss="D04 D05 D06")

    role = calm("d05-mail-role", "D05", "hit", "An application permission reaches every mailbox.")
    role.role(day(3), role.subject, GRAPH, "Mail.ReadWrite", by=role.user("Bo Admin"))
    role.same = True
    role.without("signIns")
    role.want("alert", "D04 D05")
    directory = calm("d05-directory-role", "D05", "miss", "An application permission for the directory, not for mail.")
    directory.role(day(3), directory.subject, GRAPH, "User.Read.All", by=directory.user("Bo Admin"))
    directory.want("info", "D04", miss="D05")
    unread = calm("d05-roles-not-read", "D05", "not-evaluable", "appRoleAssignments were not exported.")
    unread.without("appRoleAssignments")
    unread.want("info", "D04", unknown="D05")

    wide = Story("d06-for-everyone", "D06", "hit", "An administrator opened every mailbox to a third party.")
    wide.gives(day(2), wide.user("Bo Admin"), wide.app("Ledgerly"), MAIL, everyone=True, admin=True)
    wide.same = True
    wide.without("signIns")
    wide.want("watch", "D04 D06", miss="D15")
    own = Story("d06-own-application", "D06", "miss", "For everyone, but an application of this tenant.")
    own.gives(day(2), own.user("Bo Admin"), own.app("Intranet search", owner=TENANT), MAIL, everyone=True, admin=True)
    own.want("info", "D04", miss="D06")
    profile = Story("d06-profile-for-everyone", "D06", "miss", "For everyone only the profile; mail of one user.")
    app = profile.app("Ledgerly")
    profile.gives(day(2), profile.user("Bo Admin"), app, (GRAPH, "User.Read"), everyone=True, admin=True)
    profile.gives(day(2, "11:00:00"), profile.user("Ada Lindqvist"), app, MAIL)
    profile.want("info", "D04", miss="D06")
    return [imap, spread, calendar, role, directory, unread, wide, own, profile]


def refused():
    alone = Story("d13-refused", "D13", "hit", "Refused as risky and never granted: half the weight, no service principal.")
    alone.consent(day(2), alone.user("Ada Lindqvist"), alone.app("Ledgerly", in_inventory=False),
                  (GRAPH, "Mail.Read"), refused=True)
    alone.want("info", "D13", miss="D04", weights={"D13": 20})

    soon = Story("d13-refused-then-granted", "D13", "hit", "Refused for one user, let in by another 44 s later.")
    app = soon.app("Ledgerly")
    ada, bo = soon.user("Ada Lindqvist"), soon.user("Bo Berg")
    soon.consent(day(2), ada, app, (GRAPH, "Mail.Read"), refused=True)
    soon.gives(after(day(2), 44), bo, app, MAIL)
    soon.same = True
    soon.without("signIns")
    soon.want("watch", "D04 D13", weights={"D13": 40})

    late = Story("d13-granted-a-day-later", "D13", "hit", "Granted a day after the refusal: half the weight.")
    app = late.app("Ledgerly")
    late.consent(day(3), late.user("Ada Lindqvist"), app, (GRAPH, "Mail.Read"), refused=True)
    late.gives(day(2), late.user("Bo Berg"), app, MAIL)
    late.want("watch", "D04 D13", weights={"D13": 20})

    other = calm("d13-another-application-refused", "D13", "miss", "The refused consent was to another application.")
    stranger = other.app("Quick Reader", in_inventory=False)
    other.also.append(stranger.app_id)
    other.consent(day(2, "09:59:00"), other.users[0], stranger, (GRAPH, "Mail.Read"), refused=True)
    other.want("info", "D04", miss="D13")

    unread = calm("d13-audits-not-read", "D13 D14 D15 D21", "not-evaluable", "No audit record was exported.")
    unread.without("audits")
    unread.want("info", "D04", miss="D23", unknown="D13 D14 D15 D21")
    return [alone, soon, late, other, unread]


def grown():
    pair = Story("d14-amended-pair", "D14", "hit", "Three records, one of them called Remove: the grant grew into mail.")
    app, ada = pair.app("Ledgerly"), pair.user("Ada Lindqvist")
    pair.consent(day(4), ada, app, (GRAPH, "User.Read"))
    pair.amends(day(2), ada, app, GRAPH, "User.Read", "User.Read Mail.Read")
    pair.same = True
    pair.rows = "csv"
    pair.without("signIns")
    pair.want("watch", "D04 D14")

    soon = Story("d14-mail-after-74-seconds", "D14", "hit", "Harmless scopes first, mail 74 s later, in two consents.")
    app, ada = soon.app("Ledgerly"), soon.user("Ada Lindqvist")
    soon.consent(day(2), ada, app, (GRAPH, "User.Read"), first=True)
    soon.consent(after(day(2), 74), ada, app, (GRAPH, "User.Read Mail.ReadWrite Mail.Send"),
                 before=[(GRAPH, "User.Read")])
    soon.holds(app, ada, (GRAPH, "User.Read Mail.ReadWrite Mail.Send"))
    soon.layout = "2021"
    soon.same = True
    soon.without("signIns")
    soon.want("watch", "D04 D14")

    direct = Story("d14-direct-change", "D14", "hit", "A grant for everyone was changed without any consent record.")
    app = direct.app("Ledgerly")
    script = Thing(name="Deployment", id=guid("deployment"))
    direct.grant_change(day(2), script, app, None, GRAPH, "User.Read", "User.Read Mail.ReadWrite")
    direct.holds(app, None, (GRAPH, "User.Read Mail.ReadWrite"))
    direct.same = True
    direct.without("signIns")
    direct.want("alert", "D04 D06 D14")

    snapshot = Story("d14-snapshot-difference", "D14", "hit", "No record tells it, but yesterday the grant had no mail.")
    app, ada = snapshot.app("Ledgerly"), snapshot.user("Ada Lindqvist")
    snapshot.holds(app, ada, MAIL)
    snapshot.memory = remembered(app, ada, "User.Read")
    snapshot.want("watch", "D04 D14")

    files = Story("d14-grown-without-mail", "D14", "miss", "It grew, but by files: it could read mail before.")
    app, ada = files.app("Ledgerly"), files.user("Ada Lindqvist")
    files.consent(day(4), ada, app, MAIL)
    files.amends(day(2), ada, app, GRAPH, "Mail.Read User.Read", "Mail.Read User.Read Files.Read")
    files.want("info", "D04", miss="D14")

    shrunk = Story("d14-shrunk", "D14", "miss", "A Remove that removes: sending was taken away.")
    app, ada = shrunk.app("Ledgerly"), shrunk.user("Ada Lindqvist")
    shrunk.consent(day(4), ada, app, (GRAPH, "Mail.Read Mail.Send User.Read"))
    shrunk.grant_change(day(2), shrunk.user("Bo Admin"), app, ada, GRAPH, "Mail.Read Mail.Send User.Read",
                        "Mail.Read User.Read", "Remove")
    shrunk.holds(app, ada, MAIL)
    shrunk.same = True
    shrunk.without("signIns")
    shrunk.want("info", "D04", miss="D14")
    return [pair, soon, direct, snapshot, files, shrunk]


def remembered(app, user, scopes, resource=GRAPH, seen="2026-11-19T06:00:00Z"):
    """What an earlier pass knew: one grant, as its snapshot held it."""
    return {"lastSnapshot": seen,
            "apps": [{"appId": app.app_id, "firstSeen": "2025-10-16T10:00:00Z"}],
            "grants": [{"notAfter": seen, "id": grant_id(app.id, resource.id, user.id), "client": app.id, "resource": resource.id, "principal": user.id, "scopes": scopes.split()}]}


def privileged():
    himself = Story("d15-for-himself", "D15", "hit", "An administrator let it into his own mailbox only.")
    himself.gives(day(2), himself.user("Bo Admin"), himself.app("Ledgerly"), MAIL, admin=True)
    himself.same = True
    himself.without("signIns")
    himself.want("watch", "D04 D15")
    user = calm("d15-by-a-user", "D15", "miss", "An ordinary user consented for himself.")
    user.want("info", "D04", miss="D15")
    return [himself, user]


def credentials():
    added = calm("d21-secret-added", "D21", "hit", "A person gave the application a secret.")
    added.secret(day(1), added.user("Bo Admin"), added.subject)
    added.same = True
    added.without("signIns")
    added.want("watch", "D04 D21")
    renewed = Story("d21-secret-of-an-application", "D21", "hit", "A secret on the application object of this tenant.")
    app = renewed.app("Intranet search", owner=TENANT)
    renewed.gives(day(12), renewed.user("Ada Lindqvist"), app, MAIL)
    renewed.secret(day(1), renewed.user("Bo Admin"), app, on="Application")
    renewed.want("watch", "D04 D21", miss="D23")
    managed = calm("d21-managed-identity", "D21", "miss", "Managed Service Identity renewed a managed identity's key.",
                   type="ManagedIdentity", owner=TENANT)
    managed.secret(day(1), Thing(name="Managed Service Identity", id=guid("msi")), managed.subject)
    managed.want("info", "D04", miss="D21")
    borrowed = calm("d21-borrowed-actor-name", "D21", "hit",
                    "An actor called Managed Service Identity, but the application is no managed identity.")
    borrowed.secret(day(1), Thing(name="Managed Service Identity", id=guid("other")), borrowed.subject)
    borrowed.want("watch", "D04 D21")
    other = calm("d21-another-applications-secret", "D21", "miss", "The secret went to another application.")
    other.secret(day(1), other.user("Bo Admin"), other.app("Payroll", owner=TENANT))
    other.also.append(other.apps[1].app_id)
    other.want("info", "D04", miss="D21")
    return [added, renewed, managed, borrowed, other]


def registered():
    def made(id, kind, why, consent_at):
        story = Story(id, "D23", kind, why)
        bo = story.user("Bo Berg")
        app = story.app("Backup helper", owner=TENANT, verified=False, created=day(2, "10:01:00"))
        story.registers(day(2, "10:00:00"), bo, app)
        story.appears(day(2, "10:01:00"), bo, app)
        story.secret(day(2, "10:04:00"), bo, app, on="Application")
        story.gives(consent_at, bo, app, MAIL)
        return story
    quick = made("d23-made-within-minutes", "hit", "Registered, given a secret and consented within nine minutes.",
                 day(2, "10:09:00"))
    quick.same = True
    quick.without("signIns")
    quick.want("alert", "D04 D11 D21 D23")
    slow = made("d23-consented-next-day", "miss", "The consent came a day after registration and secret.",
                day(1, "10:09:00"))
    slow.want("watch", "D04 D11 D21", miss="D23")
    unread = Story("d23-audits-not-read", "D23", "not-evaluable", "An application of this tenant, but no audit record.")
    unread.holds(unread.app("Intranet search", owner=TENANT), unread.user("Ada Lindqvist"), MAIL)
    unread.without("audits")
    unread.want("info", "D04", unknown="D13 D14 D21 D23")
    return [quick, slow, unread]


def posture():
    out = []
    for id, kind, why, policy, hits, miss, unknown in (
            ("d24-users-may-consent", "hit", "Users may consent to anything.",
             ["ManagePermissionGrantsForSelf.microsoft-user-default-legacy"], "D04 D24", "", ""),
            ("d24-users-may-not", "miss", "No user may consent by himself.", [], "D04", "D24", ""),
            ("d24-policy-not-read", "not-evaluable", "The authorization policy was not exported.", None, "D04", "",
             "D24")):
        story = calm(id, "D24", kind, why)
        story.policy = policy
        story.want("info", hits, miss=miss, unknown=unknown)
        out.append(story)
    exempt = Story("d24-managed-policy-exempts", "D24", "hit", "Microsoft's managed policy lets eM Client through.")
    exempt.gives(day(2), exempt.user("Ada Lindqvist"),
                 exempt.app("eM Client", app_id="e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd",
                            owner="146ecd75-4414-4ecf-ba6d-ea611895da8c"), (EXCHANGE, "EWS.AccessAsUser.All"))
    exempt.policy = ["ManagePermissionGrantsForSelf.microsoft-user-default-recommended"]
    exempt.want("alert", "D01 D04 D24")
    return out + [exempt]
