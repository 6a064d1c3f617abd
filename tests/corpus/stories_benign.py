"""Ordinary life, with the verdict that a responder would want: mostly none."""

from stories_consent import after
from stories_identity import EM_CLIENT, calm
from stories_use import GENUINE, IMAP, K9, THUNDERBIRD, Office, usual
from story import EXCHANGE, GRAPH, TENANT, UNIFIED, Story, Thing, day, guid

APPLE = dict(app_id="f8d98a96-0999-43f5-8af3-69971c7bb423", owner="e0fad04c-a04c-41ab-b35e-dc523af755a1")
SAMSUNG = dict(app_id="8acd33ea-7197-4a96-bc33-d7cc7101262f")
EAS = (EXCHANGE, "EAS.AccessAsUser.All")
OFFLINE = "openid profile offline_access"


def benign(id, why):
    story = Story(id, "case", "benign", why)
    story.truth = "benign"
    story.office = Office()
    return story


def stories():
    return [thunderbird(), crm(), backup(), apple(), samsung(), calendar(), developer(), japanese(), cyrillic(), arabic(),
            travel(), rotation(), administrator(), incremental(), first_sync(), tidy(), notes(), outlook(), newsletter(),
            loopback(), granted_twice(), honest_em_client(), on_leave(), approved(), behind_a_vpn(), shared_mailbox_rule()]


def thunderbird():
    s = benign("benign-thunderbird-of-four", "Four colleagues read their mail with Thunderbird.")
    app = s.app("Thunderbird", **THUNDERBIRD)
    for i, user in enumerate(s.colleagues(4)):
        s.gives(day(15 - i), user, app, IMAP, (GRAPH, "offline_access"))
        s.sign_in(day(1, f"0{6 + i}:00:00"), user, app, agent=GENUINE, interactive=False, resource=EXCHANGE)
    s.want("quiet", "D04")
    return s


def crm():
    s = benign("benign-crm-of-sixty", "A CRM with a verified publisher, which sixty people connected over a year.")
    app = s.app("Client Compass")
    for user in s.colleagues(60):
        s.holds(app, user, (GRAPH, "Mail.ReadWrite Mail.Send Contacts.Read offline_access"))
    s.consent(day(6), s.users[0], app, (GRAPH, "Mail.ReadWrite Mail.Send Contacts.Read offline_access"))
    s.want("quiet", "D04")
    return s


def backup():
    s = benign("benign-backup-product", "A backup product that an administrator installed a year ago reads seven mailboxes every night: worth one look.")
    app = s.app("Keepsafe Backup")
    s.role(day(395), app, GRAPH, "Mail.Read")
    for night in (3, 2, 1):
        for i, user in enumerate(s.colleagues(7)):
            s.read(day(night, f"02:0{i}:00"), user, app, throttled=i == 6)
    s.want("watch", "D05", miss="D19", formats=UNIFIED + ("log-analytics",))
    s.want("watch", "D05", unknown="D19", formats=("graph",))
    return s


def apple():
    s = benign("benign-apple-mail", "Phones: Apple Mail, also of a new colleague.")
    app = s.app("Apple Internet Accounts", **APPLE)
    for i, user in enumerate(s.colleagues(12)):
        s.holds(app, user, EAS, (GRAPH, "User.Read offline_access")) if i else s.gives(
            day(3), user, app, EAS, (GRAPH, "User.Read offline_access"))
    s.want("quiet", "D04")
    return s


def samsung():
    s = benign("benign-samsung-mail", "The first Samsung phone of the company, unpacked two days ago.")
    user, app = s.user("Ada Lindqvist"), s.app("Samsung Email", created=day(2, "09:59:00"), **SAMSUNG)
    usual(s, user, "DE")
    s.sign_in(day(2, "09:59:10"), user, app, agent="Mozilla/5.0 (Linux; Android 14; SM-S921B)")
    s.gives(day(2), user, app, EAS, (GRAPH, "offline_access"))
    s.want("quiet", "D04 D07 D11")
    return s


def calendar():
    s = benign("benign-calendar", "A young scheduling tool without a verified publisher; it has no mail.")
    s.gives(day(2), s.user("Ada Lindqvist"), s.young("Slotfinder"), (GRAPH, "Calendars.ReadWrite User.Read offline_access"))
    s.want("none")
    return s


def developer():
    s = benign("benign-developers-own", "A developer of this tenant tries the mail API, a day after registering.")
    bo, app = s.user("Bo Berg"), s.app("Ticket importer (test)", owner=TENANT, verified=False, created=day(9),
                                       reply_urls=["http://localhost:5173/"])
    s.registers(day(9), bo, app)
    s.appears(day(9), bo, app)
    s.gives(day(8), bo, app, (GRAPH, "Mail.Read User.Read"))
    s.want("watch", "D04 D09 D11")  # new, one user, loopback: the watch list is for that
    return s


def named(id, name, why):
    s = benign(id, why)
    app = s.app(name)
    for i, user in enumerate(s.colleagues(3)):
        s.gives(day(12 - i), user, app, (GRAPH, "Mail.ReadWrite User.Read offline_access"))
    s.without("signIns")
    s.want("quiet", "D04", miss="D02 D03")
    return s


def japanese():
    return named("benign-japanese-name", "\u30ab\u30ec\u30f3\u30c0\u30fc\u3068\u30e1\u30fc\u30eb",
                 "The Tokyo office's mail tool has a Japanese name.")


def cyrillic():
    return named("benign-cyrillic-name", "\u0421\u0435\u043a\u0440\u0435\u0442\u0430\u0440\u044c \u043f\u043b\u044e\u0441",
                 "A Bulgarian vendor writes its name in its own letters.")


def arabic():
    return named("benign-arabic-name", "\u0645\u0633\u0627\u0639\u062f \u0627\u0644\u0628\u0631\u064a\u062f",
                 "A vendor from Amman writes its name in Arabic.")


def travel():
    s = calm("benign-travel", "case", "benign", "A seller connects his reader in Madrid, where he was last week too.")
    s.truth = "benign"
    s.office = Office()
    usual(s, s.users[0], "DE", "ES", "DE")
    s.sign_in(day(2, "09:58:00"), s.users[0], s.subject, country="ES", city="Madrid", asn=3352)
    s.want("quiet", "D04", miss="D16", formats=("graph", "log-analytics"))
    s.want("quiet", "D04", unknown="D16", formats=UNIFIED)
    return s


def rotation():
    s = benign("benign-managed-rotation", "A certificate renews itself.")
    app = s.app("Mail gateway", owner=TENANT, type="ManagedIdentity")
    s.holds(app, s.user("Ada Lindqvist"), (GRAPH, "Mail.Send"))
    s.secret(day(4), Thing(name="Managed Service Identity", id=guid("msi")), app)
    s.want("quiet", "D04", miss="D21")
    return s


def administrator():
    s = benign("benign-administrator-with-thunderbird", "An administrator uses Thunderbird: his consent counts as an admin consent.")
    bo, app = s.user("Bo Admin"), s.app("Thunderbird", **THUNDERBIRD)
    s.gives(day(5), bo, app, IMAP, (GRAPH, "offline_access"), admin=True)
    s.want("quiet", "D04 D15")
    return s


def incremental():
    s = benign("benign-asks-step-by-step", "An honest application asks for the calendar when the calendar is first opened.")
    app, ada = s.app("Client Compass"), s.user("Ada Lindqvist")
    s.consent(day(15), ada, app, (GRAPH, "Mail.Read User.Read"))
    s.amends(day(3), ada, app, GRAPH, "Mail.Read User.Read", "Mail.Read User.Read Calendars.ReadWrite")
    s.want("quiet", "D04", miss="D14")
    return s


def first_sync():
    s = benign("benign-first-synchronisation", "K-9 Mail fills a new phone in the minute after the consent.")
    ada, app = s.user("Ada Lindqvist"), s.app("K-9 Mail", **K9)
    s.gives(day(4), ada, app, IMAP)
    s.read(after(day(4), 40), ada, app, sync=True, via=None, info="Client=POP3/IMAP4;Protocol=IMAP4", ip="192.0.2.17")
    s.want("quiet", "D04", any="D19")
    return s


def tidy():
    s = calm("benign-tidies-up", "case", "benign", "A user connects a reader and sorts his mail into folders the same morning.")
    s.truth = "benign"
    s.inbox_rule(day(2, "10:20:00"), s.users[0], "Projects", SubjectContainsWords="P-7", MoveToFolder="Projects")
    s.read(day(2, "13:00:00"), s.users[0], s.subject)
    s.want("quiet", "D04", miss="D19 D20", formats=UNIFIED + ("log-analytics",))
    s.want("quiet", "D04", unknown="D19 D20", formats=("graph",))
    return s


def notes():
    s = benign("benign-works-with-outlook", "An add-in that says in its name which product it works with.")
    app = s.app("Meeting notes for Outlook")
    for i, user in enumerate(s.colleagues(4)):
        s.gives(day(14 - i), user, app, (GRAPH, "Mail.Read Calendars.Read offline_access"))
    s.want("quiet", "D04", any="D03")
    return s


def outlook():
    s = benign("benign-outlook-on-a-phone", "Outlook Mobile is Microsoft's.")
    app = s.app("Outlook Mobile", app_id="27922004-5251-4030-b22d-91ecd9a37ea4", owner="f8cdef31-a31e-4b4a-93e4-5f571e91255a")
    s.gives(day(2), s.user("Ada Lindqvist"), app, (EXCHANGE, "EWS.AccessAsUser.All"), (GRAPH, "offline_access"))
    s.want("none")
    return s


def newsletter():
    s = benign("benign-sends-newsletters", "A verified newsletter tool that may send, chosen by two people last week.")
    app = s.app("Letterpress", created=day(8))
    for i, user in enumerate(s.colleagues(2)):
        s.gives(day(7 - i), user, app, (GRAPH, "Mail.Send User.Read"))
    s.want("watch", "D04 D07 D11")  # new mail access of two people deserves one look
    return s


def loopback():
    s = benign("benign-desktop-program", "A desktop program listens on loopback, as honest ones do.")
    app = s.app("Evergreen Mail", reply_urls=["http://localhost", "http://127.0.0.1"])
    for i, user in enumerate(s.colleagues(4)):
        s.gives(day(14 - i), user, app, (EXCHANGE, "IMAP.AccessAsUser.All"))
    s.want("quiet", "D04 D09")
    return s


def honest_em_client():
    s = benign("benign-honest-em-client", "An honest user of eM Client: nothing in the logs tells him from an intruder.")
    ada, app = s.user("Ada Lindqvist"), s.app("eM Client", **EM_CLIENT)
    usual(s, ada, "DE", "DE")
    s.sign_in(day(3, "09:59:00"), ada, app, agent="eM Client/10.1")
    s.gives(day(3), ada, app, (EXCHANGE, "EWS.AccessAsUser.All"), (GRAPH, "offline_access"))
    s.want("alert", "D01 D04", any="D18")
    return s


def on_leave():
    s = benign("benign-back-from-leave", "A colleague is back after a year and opens his reader again.")
    ada, app = s.user("Ada Lindqvist"), s.app("Quick Reader")
    s.holds(app, ada, (GRAPH, "Mail.Read User.Read"))
    s.last_used(app, day(330))
    s.sign_in(day(1), ada, app)
    s.want("watch", "D04 D22")
    return s


def approved():
    s = benign("benign-request-approved", "A user's consent was refused; the administrator looked at it and let it in for all.")
    ada, bo, app = s.user("Ada Lindqvist"), s.user("Bo Admin"), s.app("Client Compass")
    s.consent(day(6), ada, app, (GRAPH, "Mail.Read"), refused=True)
    s.gives(day(4), bo, app, (GRAPH, "Mail.Read User.Read"), everyone=True, admin=True)
    s.want("alert", "D04 D06 D13", weights={"D13": 20})
    return s


def behind_a_vpn():
    s = benign("benign-thunderbird-behind-a-vpn", "Thunderbird of a colleague whose VPN ends in a rented network.")
    ada, app = s.user("Ada Lindqvist"), s.app("Thunderbird", **THUNDERBIRD)
    usual(s, ada, "DE", "DE", "DE")
    s.gives(day(15), ada, app, IMAP, (GRAPH, "offline_access"))
    for i in range(3):
        s.sign_in(day(9 - i, "08:10:00"), ada, app, agent=GENUINE, interactive=False, asn=9009, ip="203.0.113.140")
    s.want("watch", "D04 D17", formats=("graph", "log-analytics"))
    s.want("quiet", "D04", unknown="D17", formats=UNIFIED)
    return s


def shared_mailbox_rule():
    s = calm("benign-forwards-to-a-colleague", "case", "benign", "Before his holiday a user forwards to a colleague, a week after connecting a reader.")
    s.truth = "benign"
    s.changes.clear()
    s.consent(day(9), s.users[0], s.subject, (GRAPH, "Mail.Read User.Read"))
    s.inbox_rule(day(1), s.users[0], "Holiday", ForwardTo="nora@contoso.example")
    s.want("quiet", "D04", miss="D20", formats=UNIFIED + ("log-analytics",))
    s.want("quiet", "D04", unknown="D20", formats=("graph",))
    return s


def granted_twice():
    s = benign("benign-consents-again", "A user confirms the same consent after a new sign-in: nothing grew.")
    app, ada = s.app("Client Compass"), s.user("Ada Lindqvist")
    part = (GRAPH, "Mail.Read User.Read")
    s.consent(day(15), ada, app, part)
    s.consent(day(3), ada, app, part, before=[part])
    s.holds(app, ada, part)
    s.same = True
    s.without("signIns")
    s.want("quiet", "D04", miss="D14")
    return s
