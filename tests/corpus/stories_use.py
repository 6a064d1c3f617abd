"""How access is used: D16 to D20, D22. What a log does not carry is labelled as unknown there."""

import datetime as dt

from stories_consent import after, remembered
from stories_identity import MAIL, calm
from story import EXCHANGE, GRAPH, UNIFIED, Story, day

THUNDERBIRD = dict(app_id="9e5f94bc-e8a4-4e73-b8be-63364c29d753")
K9 = dict(app_id="e647013a-ada4-4114-b419-e43d250f99c5")
IMAP = (EXCHANGE, "IMAP.AccessAsUser.All SMTP.Send")
RENTED = dict(asn=14061, ip="203.0.113.88")
GENUINE = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0"


def stories():
    return behind() + networks() + borrowed() + reads() + rules() + dormant()


def usual(story, user, *countries):
    for i, country in enumerate(countries):
        story.sign_in(day(18 - i, "08:30:00"), user, story.office, country=country)


class Office:
    name = "Office 365 Exchange Online"
    app_id = "00000002-0000-0ff1-ce00-000000000000"
    owner = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"


def behind():
    def joined(id, kind, why, **sign_in):
        story = calm(id, "D16", kind, why)
        story.office = Office()
        usual(story, story.users[0], "DE", "DE")
        story.sign_in(day(2, "09:57:30"), story.users[0], story.subject, **sign_in)
        return story

    risky = joined("d16-risky-sign-in", "hit", "The sign-in behind the consent had high risk.", risk="high")
    risky.beta = False
    device = joined("d16-device-code", "hit", "The consent followed a device code.", protocol="deviceCode")
    abroad = joined("d16-new-country", "hit", "The sign-in came from where the user never was.", country="NG",
                    city="Lagos", ip="203.0.113.9")
    for story in (risky, device, abroad):
        story.want("watch", "D04 D16", formats=("graph", "log-analytics"))
        story.want("info", "D04", unknown="D16", formats=UNIFIED)
    home = joined("d16-from-home", "miss", "The sign-in behind the consent is like every other.", risk="low")
    away = joined("d16-known-country", "miss", "From Spain, where the user signed in before.", country="ES")
    usual(away, away.users[0], "ES")
    for story in (home, away):
        story.want("info", "D04", miss="D16", formats=("graph", "log-analytics"))
        story.want("info", "D04", unknown="D16", formats=UNIFIED)
    unread = client("d16-sign-ins-not-read", "D16 D17 D18", "not-evaluable", "No sign-in was exported.")
    unread.without("signIns")
    unread.want("info", "D04", unknown="D16 D17 D18")
    return [risky, device, abroad, home, away, unread]


def client(id, rule, kind, why, name="Thunderbird", known=THUNDERBIRD, **sign_in):
    """A genuine client's id, held for months; only its use is in the logs."""
    story = Story(id, rule, kind, why)
    user = story.user("Ada Lindqvist")
    story.gives(day(12), user, story.app(name, **known), IMAP)
    if sign_in:
        story.sign_in(day(2), user, story.subject, interactive=False, **({"agent": GENUINE} | sign_in))
    return story


def networks():
    hit = client("d17-rented-server", "D17", "hit", "Thunderbird's id signs in from a rented server.", **RENTED)
    home = client("d17-from-home", "D17", "miss", "Thunderbird signs in from a home line.", asn=3320)
    v1 = client("d17-version-one", "D17 D18", "not-evaluable",
                "v1.0 of the sign-in log has no network and no agent.", asn=14061)
    v1.sign_ins[-1].interactive = True
    v1.beta = False
    v1.formats = ("graph",)
    hit.want("info", "D04 D17", formats=("graph", "log-analytics"))
    hit.want("info", "D04", unknown="D17", formats=UNIFIED)
    home.want("info", "D04", miss="D17", formats=("graph", "log-analytics"))
    home.want("info", "D04", unknown="D17", formats=UNIFIED)
    v1.want("info", "D04", unknown="D17 D18")
    other = calm("d17-not-a-known-client", "D17", "miss", "A service of its vendor's signs in from its servers.")
    other.sign_in(day(1), other.users[0], other.subject, interactive=False, **RENTED)
    other.want("info", "D04", miss="D17", formats=("graph", "log-analytics"))
    other.want("info", "D04", any="D17", formats=UNIFIED)
    return [hit, home, v1, other]


def borrowed():
    script = client("d18-python-requests", "D18", "hit", "A Python script uses Thunderbird's id.",
                    agent="python-requests/2.32.3")
    script.want("watch", "D04 D18")
    genuine = client("d18-thunderbird-itself", "D18", "miss", "Thunderbird's own user agent.", agent=GENUINE)
    genuine.want("info", "D04", miss="D18")
    exchangelib = client("d18-ews-with-an-imap-client", "D18", "hit",
                         "K-9 Mail speaks IMAP; what reads with its id speaks EWS.", "K-9 Mail", K9)
    exchangelib.read(day(2), exchangelib.users[0], exchangelib.subject, via=None, items=40,
                     info="Client=WebServices;exchangelib/5.4.3 (python-requests/2.32.3);")
    exchangelib.want("watch", "D04 D18", formats=UNIFIED + ("log-analytics",))
    exchangelib.want("info", "D04", unknown="D18", formats=("graph",))
    return [script, genuine, exchangelib]


def mailbox_formats(story, with_mailbox, without):
    """Graph has no mailbox records; everything else has."""
    story.want(*with_mailbox[0], **with_mailbox[1], formats=UNIFIED + ("log-analytics",))
    story.want(*without[0], **without[1], formats=("graph",))


def reads():
    soon = calm("d19-read-after-22-seconds", "D19", "hit", "The first message was read 22 s after the consent.")
    soon.read(after(day(2), 22), soon.users[0], soon.subject)
    soon.read(after(day(2), 300), soon.users[0], soon.subject, sync=True, throttled=True)
    mailbox_formats(soon, (("watch", "D04 D19"), {}), (("info", "D04"), {"unknown": "D19 D20"}))
    late = calm("d19-read-next-day", "D19", "miss", "The first read came a day after the consent.")
    late.read(day(1), late.users[0], late.subject)
    mailbox_formats(late, (("info", "D04"), {"miss": "D19"}), (("info", "D04"), {"unknown": "D19"}))
    other = calm("d19-read-by-outlook", "D19", "miss", "What was read within a minute was read by Outlook.")
    outlook = type("Outlook", (), {"app_id": "5d661950-3475-41cd-a2c3-d671a3162bc1"})
    other.read(after(day(2), 22), other.users[0], outlook, via=None, info="Client=OutlookService;Outlook-iOS/2.0;")
    mailbox_formats(other, (("info", "D04"), {"miss": "D19"}), (("info", "D04"), {"unknown": "D19"}))
    beside = calm("d19-mail-log-beside-graph", "D19", "hit", "The mailbox records lie beside Graph's logs.")
    beside.read(after(day(2), 22), beside.users[0], beside.subject)
    beside.beside = beside.same = True
    beside.without("signIns")
    beside.want("watch", "D04 D19")
    unread = calm("d19-mail-log-not-read", "D19 D20", "not-evaluable", "No mailbox record was exported.")
    unread.want("info", "D04", unknown="D19 D20")
    return [soon, late, other, beside, unread]


def rules():
    hides = calm("d20-rule-hides-answers", "D20", "hit", "A rule that deletes answers, an hour after the consent.")
    hides.inbox_rule(day(2, "11:02:00"), hides.users[0], ".", SubjectContainsWords="invoice", DeleteMessage="True")
    sends = calm("d20-rule-forwards", "D20", "hit", "A rule that forwards outside, 40 h after the consent.")
    sends.inbox_rule(day(0, "02:00:00"), sends.users[0], "..", ForwardTo="collector@elsewhere.example")
    smtp = calm("d20-forwarding", "D20", "hit", "The whole mailbox forwards outside since the consent.")
    smtp.forwarding(day(2, "10:20:00"), smtp.users[0], "collector@elsewhere.example")
    for story in (hides, sends, smtp):
        mailbox_formats(story, (("watch", "D04 D20"), {}), (("info", "D04"), {"unknown": "D20"}))
    tidy = calm("d20-rule-tidies", "D20", "miss", "A rule that sorts into a folder of projects.")
    tidy.inbox_rule(day(2, "11:02:00"), tidy.users[0], "Projects", MoveToFolder="Projects", SubjectContainsWords="P-7")
    late = calm("d20-rule-after-a-week", "D20", "miss", "The rule came nine days after the consent.")
    late.changes.clear()
    late.consent(day(10), late.users[0], late.subject, MAIL)
    late.inbox_rule(day(1), late.users[0], "away", ForwardTo="assistant@elsewhere.example")
    other = calm("d20-rule-of-somebody-else", "D20", "miss", "The rule is of a user who never held the application.")
    other.inbox_rule(day(2, "11:02:00"), other.user("Cy Chen"), ".", DeleteMessage="True")
    for story in (tidy, late, other):
        mailbox_formats(story, (("info", "D04"), {"miss": "D20"}), (("info", "D04"), {"unknown": "D20"}))
    return [hides, sends, smtp, tidy, late, other]


def dormant():
    def old(id, kind, why):
        story = Story(id, "D22", kind, why)
        story.holds(story.app("Ledgerly"), story.user("Ada Lindqvist"), MAIL)
        return story
    wakes = old("d22-woke-up", "hit", "Unused for seven months, and used yesterday.")
    wakes.last_used(wakes.subject, day(215))
    wakes.sign_in(day(1), wakes.users[0], wakes.subject)
    wakes.want("watch", "D04 D22")
    memory = old("d22-woke-up-by-memory", "hit", "An earlier pass last saw a use seven months ago; today there is one.")
    memory.memory = remembered(memory.subject, memory.users[0], MAIL[1])
    memory.memory["apps"][0]["lastUsed"] = "2026-04-19T10:00:00Z"
    memory.last_used(memory.subject, day(1))
    memory.want("watch", "D04 D22")
    daily = old("d22-used-every-week", "miss", "Used ten days ago, and yesterday.")
    daily.last_used(daily.subject, day(10))
    daily.sign_in(day(1), daily.users[0], daily.subject)
    daily.want("info", "D04", miss="D22")
    asleep = old("d22-still-asleep", "miss", "Unused for seven months, and still unused.")
    asleep.last_used(asleep.subject, day(215))
    asleep.want("info", "D04", miss="D22")
    unread = old("d22-activity-not-read", "not-evaluable", "When it was last used was not exported.")
    unread.sign_in(day(1), unread.users[0], unread.subject)
    unread.want("info", "D04", unknown="D22")
    return [wakes, memory, daily, asleep, unread]
