"""Whole attacks, with the verdict that a responder would want."""

from stories_consent import after
from stories_identity import EM_CLIENT, PERFECTDATA_OWNER
from stories_use import GENUINE, IMAP, THUNDERBIRD, Office, usual
from story import EXCHANGE, GRAPH, TENANT, UNIFIED, Story, Thing, day, guid

WITH_MAILBOX = UNIFIED + ("log-analytics",)


def attack(id, why):
    story = Story(id, "case", "attack", why)
    story.truth = "attack"
    story.office = Office()
    return story


def stories():
    return [em_client(), perfectdata(), himself(), widened(), blocked(), golden(), made_here(), token_shop(), lookalike(),
            woken(), campaign(), forwarder(), vault(), sibling(), person(), log_only(), logs_alone()]


def em_client():
    s = attack("attack-em-client-after-phishing",
               "A phished user's account adds eM Client from Lagos, copies the mailbox and hides the answers.")
    ada, app = s.user("Ada Lindqvist"), s.app("eM Client", created=day(2, "02:11:00"), **EM_CLIENT)
    s.rows = "csv"
    usual(s, ada, "DE", "DE")
    s.sign_in(day(2, "02:09:40"), ada, app, country="NG", city="Lagos", ip="203.0.113.9", risk="medium", asn=37148)
    s.appears(day(2, "02:10:55"), ada, app)
    s.gives(day(2, "02:11:00"), ada, app, (EXCHANGE, "EWS.AccessAsUser.All"), (GRAPH, "User.Read offline_access"))
    s.read(day(2, "02:11:22"), ada, app, sync=True, via=app.app_id, info="Client=WebServices;eM Client/10.0;")
    s.inbox_rule(day(2, "02:40:00"), ada, ".", SubjectContainsWords="invoice", MoveToFolder="RSS Feeds", MarkAsRead="True")
    s.want("alert", "D01 D04 D07 D11 D16 D19 D20", formats=("log-analytics",))
    s.want("alert", "D01 D04 D07 D11 D16", unknown="D19 D20", formats=("graph",))
    s.want("alert", "D01 D04 D07 D11 D19 D20", unknown="D16", formats=UNIFIED)
    return s


def perfectdata():
    s = attack("attack-perfectdata", "PERFECTDATA SOFTWARE takes a whole mailbox; nobody knew the program.")
    ada = s.user("Ada Lindqvist")
    app = s.young("PERFECTDATA SOFTWARE", app_id="ff8d92dc-3d82-41d6-bcbd-b9174d163620", owner=PERFECTDATA_OWNER)
    s.gives(day(2), ada, app, (EXCHANGE, "EWS.AccessAsUser.All"), (GRAPH, "openid profile offline_access"))
    s.same = True
    s.without("signIns")
    s.want("alert", "D01 D04 D07 D08 D11")  # D08: the owner has Mail_Backup in the catalog too
    return s


def himself():
    s = attack("attack-administrator-for-himself",
               "An administrator's session is stolen: the consent is an admin consent, for his own mailbox only.")
    bo, app = s.user("Bo Admin"), s.young("Mail Delivery Assistant")
    s.gives(day(2), bo, app, (GRAPH, "Mail.ReadWrite Mail.Send User.Read offline_access"), admin=True)
    s.same = True
    s.without("signIns")
    s.want("alert", "D04 D07 D11 D15")
    return s


def widened():
    s = attack("attack-widened-after-74-seconds", "Profile first, the mailbox 74 s later, in records that show no change.")
    ada, app = s.user("Ada Lindqvist"), s.young("Profile Card")
    s.consent(day(2), ada, app, (GRAPH, "User.Read offline_access"))
    s.amends(after(day(2), 74), ada, app, GRAPH, "User.Read offline_access",
             "User.Read offline_access Mail.ReadWrite Mail.Send")
    s.same = True
    s.without("signIns")
    s.want("alert", "D04 D07 D11 D14")
    return s


def blocked():
    s = attack("attack-refused-then-everyone", "Refused for a user; 44 s later an administrator lets it in for everyone.")
    ada, bo, app = s.user("Ada Lindqvist"), s.user("Bo Admin"), s.young("Document Share")
    s.consent(day(2), ada, app, (GRAPH, "Mail.Read"), refused=True)
    s.gives(after(day(2), 44), bo, app, (GRAPH, "Mail.Read User.Read offline_access"), everyone=True, admin=True)
    s.same = True
    s.without("signIns")
    s.want("alert", "D04 D06 D07 D13", any="D11")
    return s


def golden():
    s = attack("attack-grant-patched-by-a-script",
               "A third party's old, harmless grant for everyone gets Mail.ReadWrite through Graph, with no consent record.")
    app = s.app("Holiday planner")
    s.grant_change(day(3), Thing(name="svc-deploy", id=guid("svc-deploy")), app, None, GRAPH, "User.Read",
                   "User.Read Mail.ReadWrite")
    s.holds(app, None, (GRAPH, "User.Read Mail.ReadWrite"))
    s.want("alert", "D04 D06 D14")
    return s


def made_here():
    s = attack("attack-made-in-the-tenant", "An intruder registers an application here, with a secret, and reads at once.")
    bo, app = s.user("Bo Berg"), None
    app = s.app("Sync", owner=TENANT, verified=False, created=day(2, "10:01:00"), reply_urls=["http://localhost:8080/gettoken"])
    s.registers(day(2, "10:00:00"), bo, app)
    s.appears(day(2, "10:01:00"), bo, app)
    s.secret(day(2, "10:02:00"), bo, app, on="Application")
    s.gives(day(2, "10:05:00"), bo, app, (GRAPH, "Mail.ReadWrite offline_access"))
    s.read(day(2, "10:06:00"), bo, app, items=80)
    s.want("alert", "D04 D09 D11 D19 D21 D23", formats=WITH_MAILBOX)
    s.want("alert", "D04 D09 D11 D21 D23", unknown="D19", formats=("graph",))
    return s


def token_shop():
    s = attack("attack-thunderbird-id-in-a-script",
               "Thunderbird's public id, a stolen session and a script on a rented server.")
    s.rows = "csv"
    ada, app = s.user("Ada Lindqvist"), s.app("Thunderbird", **THUNDERBIRD)
    usual(s, ada, "DE")
    s.sign_in(day(3, "23:01:00"), ada, app, country="NL", city="Amsterdam", asn=14061, ip="203.0.113.88",
              agent="python-requests/2.31.0", protocol="deviceCode")
    s.gives(day(3, "23:01:30"), ada, app, IMAP, (GRAPH, "offline_access"))
    for i in range(4):
        s.sign_in(day(2 - i // 2, f"0{i}:30:00"), ada, app, interactive=False, country="NL", asn=14061,
                  ip="203.0.113.88", agent="python-requests/2.31.0", resource=EXCHANGE)
    s.want("alert", "D04 D16 D17 D18", formats=("graph", "log-analytics"))
    s.want("watch", "D04 D18", unknown="D16 D17", formats=UNIFIED)
    return s


def lookalike():
    s = attack("attack-lookalike-outlook", "Micros\u03bfft Outlook with a Greek letter, unverified, made for a local tool.")
    ada, app = s.user("Ada Lindqvist"), s.young("Micros\u03bfft Outlook", reply_urls=["http://localhost:3000/access"])
    s.gives(day(2), ada, app, (GRAPH, "Mail.Read User.Read offline_access"))
    s.same = True
    s.without("signIns")
    s.want("alert", "D03 D04 D07 D09 D11")
    return s


def woken():
    s = attack("attack-dormant-application", "A forgotten archive tool gets a secret from a stolen account and is used again.")
    bo, app = s.user("Bo Admin"), s.app("Old Archive", verified=False)
    s.holds(app, bo, (GRAPH, "Mail.Read offline_access"))
    s.last_used(app, day(300))
    s.secret(day(2, "03:00:00"), bo, app)
    s.sign_in(day(2, "03:05:00"), bo, app)
    s.want("alert", "D04 D07 D21 D22")
    return s


def campaign():
    s = attack("attack-campaign-over-tenants", "The same unverified application came to three customers in one week.")
    ada, app = s.user("Ada Lindqvist"), s.young("Secure Document Viewer")
    s.gives(day(2), ada, app, (GRAPH, "Mail.Read User.Read offline_access"))
    s.memory = {"lastSnapshot": "2026-11-16T06:00:00Z", "sightings": [
        {"tenant": guid(f"customer {i}"), "appId": app.app_id, "firstSeen": f"2026-11-{15 + i}T08:00:00Z"}
        for i in range(2)]}
    s.want("alert", "D04 D07 D11 D12")
    return s


def forwarder():
    s = attack("attack-reads-and-forwards", "An ordinary looking reader copies the mailbox at once and forwards what comes.")
    ada, app = s.user("Ada Lindqvist"), s.app("Quick Reader", verified=False)
    s.gives(day(2), ada, app, (GRAPH, "Mail.Read MailboxSettings.ReadWrite offline_access"))
    s.read(after(day(2), 22), ada, app, items=60)
    s.forwarding(day(2, "10:12:00"), ada, "collector@elsewhere.example")
    s.want("alert", "D04 D07 D19 D20", formats=WITH_MAILBOX)
    s.want("watch", "D04 D07", unknown="D19 D20", formats=("graph",))
    return s


def vault():
    s = attack("attack-role-for-every-mailbox", "A stolen administrator gives a new application full access to all mailboxes.")
    bo, app = s.user("Bo Admin"), s.young("Vault Archive")
    s.appears(day(2, "09:50:00"), bo, app)
    s.role(day(2, "09:52:00"), app, EXCHANGE, "full_access_as_app", by=bo)
    s.same = True
    s.without("signIns")
    s.want("alert", "D05 D07", any="D11")
    return s


def sibling():
    s = attack("attack-sibling-of-perfectdata", "A new application of the tenant that published PERFECTDATA SOFTWARE.")
    ada, app = s.user("Ada Lindqvist"), s.young("Mailbox Porter", owner=PERFECTDATA_OWNER)
    s.gives(day(2), ada, app, (EXCHANGE, "IMAP.AccessAsUser.All"), (GRAPH, "offline_access"))
    s.same = True
    s.without("signIns")
    s.want("alert", "D04 D07 D08 D11")
    return s


def person():
    s = attack("attack-named-after-its-victim", "An unverified application with its victim's own name.")
    ada, app = s.user("Ada Lindqvist"), s.young("Ada Lindqvist")
    s.gives(day(2), ada, app, (GRAPH, "Mail.Read User.Read"))
    s.want("alert", "D03 D04 D07 D11")
    return s


def log_only():
    s = attack("attack-gone-from-the-inventory",
               "eM Client was deleted since: it holds nothing any more, and must still be looked into.")
    ada, app = s.user("Ada Lindqvist"), s.app("eM Client", in_inventory=False, **EM_CLIENT)
    s.consent(day(2), ada, app, (EXCHANGE, "EWS.AccessAsUser.All"), (GRAPH, "offline_access"))
    s.same = True
    s.without("signIns")
    s.want("watch", "D01", miss="D04", any="D11")
    return s


def logs_alone():
    s = attack("attack-known-from-logs-alone", "No inventory was collected: the log shows who, what and whom.")
    ada, app = s.user("Ada Lindqvist"), s.app("eM Client", **EM_CLIENT)
    s.consent(day(2), ada, app, (EXCHANGE, "EWS.AccessAsUser.All"), (GRAPH, "offline_access"))
    s.same = True
    s.without("signIns", "servicePrincipals", "oauth2PermissionGrants", "appRoleAssignments", "users")
    s.want("alert", "D01 D04", unknown="D05 D07 D08 D10", any="D11")
    return s
