"""What an application is: D01 to D03, D07 to D12."""

from story import EXCHANGE, FORMATS, GRAPH, Story, day, guid

EM_CLIENT = dict(app_id="e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd", owner="146ecd75-4414-4ecf-ba6d-ea611895da8c")
PERFECTDATA_OWNER = "f094ec52-8e94-47b5-851b-2fcd0e31db52"
CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad"
MAIL = (GRAPH, "Mail.Read User.Read")


def calm(id, rule, kind, why, name="Ledgerly", **members):
    """A user lets an unremarkable application read his mail; one thing about it is the case."""
    story = Story(id, rule, kind, why)
    app = story.app(name, **members)
    story.gives(day(2), story.user("Ada Lindqvist"), app, MAIL)
    return story


def stories():
    return known() + names() + publishers() + reply_urls() + rare()


def known():
    hit = Story("d01-em-client", "D01", "hit", "eM Client by its app id, with mail over EWS.")
    hit.gives(day(2), hit.user("Ada Lindqvist"), hit.app("eM Client", **EM_CLIENT),
              (EXCHANGE, "EWS.AccessAsUser.All"), (GRAPH, "User.Read offline_access"))
    hit.same = True
    hit.without("signIns")
    hit.want("alert", "D01 D04", weights={"D01": 60, "D04": 37})

    bare = Story("d01-rclone-without-mail", "D01", "hit", "A catalogued id without mail is a case to look at.")
    bare.gives(day(2), bare.user("Ada Lindqvist"), bare.app("rclone", app_id="b15665d9-eda6-4092-8539-0eec376afd59"),
               (GRAPH, "Files.Read User.Read"))
    bare.want("watch", "D01", miss="D04")

    near = calm("d01-one-digit-off", "D01", "miss", "The app id differs from eM Client's in one digit.",
                app_id="e9a7fea1-1cc0-4cd9-a31b-9137ca5deede")
    near.want("info", "D04", miss="D01 D02 D03")

    unread = Story("d01-service-principals-not-read", "D01 D02 D03 D07 D08 D10", "not-evaluable",
                   "The grants were exported, the applications were not: whose they are is not known.")
    unread.holds(unread.app("Somebody"), unread.user("Ada Lindqvist"), MAIL)
    unread.without("servicePrincipals")
    unread.by_object_id = True
    unread.want("info", "D04", unknown="D01 D02 D03 D07 D08 D10")

    disabled = calm("d10-disabled-by-microsoft", "D10", "hit", "Microsoft disabled it for breaking its terms.",
                    disabled="DisabledDueToViolationOfServicesAgreement", enabled=False)
    disabled.same = True
    disabled.without("signIns")
    disabled.want("alert", "D04 D10")

    ours = calm("d10-disabled-by-the-administrator", "D10", "miss", "An administrator disabled it, not Microsoft.",
                enabled=False)
    ours.want("info", "D04", miss="D10")
    return [hit, bare, near, unread, disabled, ours]


def names():
    copy = calm("d02-second-em-client", "D02", "hit", "eM Client's name under another app id.", "eM Client")
    copy.want("watch", "D02 D04", any="D03")
    longer = calm("d02-name-within-a-name", "D02", "miss", "A survey tool whose name begins with a catalogued one.",
                  "eM Clientele Survey")
    longer.want("info", "D04", miss="D01 D02")

    out = [copy, longer]
    for id, name, why in (
            ("d03-rn-for-m", "rnicrosoft Teams", "The letters r and n stand for an m."),
            ("d03-cyrillic-outlook", "\u041eutl\u043e\u043ek", "Outlook with Cyrillic letters."),
            ("d03-exact-microsoft-name", "Microsoft Teams", "Microsoft's name, another organisation's application."),
            ("d03-zero-width", "One\u200bDrive", "OneDrive with a character of no width in it."),
            ("d03-tenant-name", "C\u043ent\u043eso Holding", "The tenant's own name with Cyrillic letters."),
            ("d03-user-name", "Ada Lindqvist", "It bears the name of a person of the tenant.")):
        one = calm(id, "D03", "hit", why, name)
        one.formats = FORMATS if name.startswith("rn") else (FORMATS[len(out) % 4],)
        one.want("watch", "D03 D04")
        out.append(one)
    catalogued = calm("d03-catalog-name", "D03", "hit", "A catalogued name with a Cyrillic letter in it.",
                      "PERFECTD\u0410TA SOFTWARE")
    catalogued.want("alert", "D02 D03 D04")
    out.append(catalogued)
    for id, name, why in (
            ("d03-japanese", "\u30e1\u30fc\u30eb\u6574\u7406", "An honest Japanese name."),
            ("d03-cyrillic", "\u041f\u043e\u0447\u0442\u043e\u0432\u044b\u0439 \u043f\u043e\u043c\u043e\u0449\u043d\u0438\u043a",
             "An honest Cyrillic name."),
            ("d03-arabic", "\u0628\u0631\u064a\u062f \u0627\u0644\u0634\u0631\u0643\u0629", "An honest Arabic name."),
            ("d03-greek", "\u0397\u03bc\u03b5\u03c1\u03bf\u03bb\u03cc\u03b3\u03b9\u03bf", "An honest Greek name."),
            ("d03-ordinary", "Outpost Planner", "It begins like Outlook and is another word.")):
        one = calm(id, "D03", "miss", why, name)
        one.formats = FORMATS if name == "Outpost Planner" else (FORMATS[len(out) % 4],)
        one.want("info", "D04", miss="D02 D03")
        out.append(one)
    own = Story("d03-microsofts-own", "D03 G1", "miss", "Microsoft Teams of Microsoft's is no case at all.")
    teams = own.app("Microsoft Teams", owner="72f988bf-86f1-41af-91ab-2d7cd011db47")
    own.gives(day(2), own.user("Ada Lindqvist"), teams, MAIL)
    own.want("none")
    out.append(own)
    return out


def publishers():
    young = Story("d07-unverified-and-young", "D07 D11", "hit", "Nobody vouches for it and it came two days ago.")
    young.gives(day(2), young.user("Ada Lindqvist"), young.young("Ledgerly"), MAIL)
    young.same = True
    young.without("signIns")
    young.want("watch", "D04 D07 D11", weights={"D07": 20, "D11": 10})

    old = calm("d07-unverified-and-old", "D07", "hit", "Unverified, but here for a year: a quarter of the weight.",
               verified=False)
    old.want("info", "D04 D07", weights={"D07": 5})
    fine = calm("d07-verified-and-old", "D07 D11", "miss", "A verified publisher who is here for a year.")
    fine.same = True
    fine.without("signIns")
    fine.want("info", "D04", miss="D01 D02 D03 D05 D06 D07 D08 D09 D10 D11 D13 D14 D15 D21 D23")

    sibling = calm("d08-same-owner-tenant", "D08", "hit", "The owner of PERFECTDATA SOFTWARE publishes it.",
                   owner=PERFECTDATA_OWNER)
    sibling.same = True
    sibling.without("signIns")
    sibling.want("watch", "D04 D08")
    consumer = calm("d08-consumer-tenant", "D08", "miss",
                    "Registered with a personal account, as Fastmail is and thousands of others.", owner=CONSUMERS)
    consumer.want("info", "D04", miss="D08")
    nobody = calm("d08-owner-not-exported", "D07 D08", "not-evaluable",
                  "appOwnerOrganizationId was not among the exported members.", hidden=("appOwnerOrganizationId",))
    nobody.want("info", "D04", unknown="D08", any="D07")
    return [young, old, fine, sibling, consumer, nobody]


def reply_urls():
    tool = calm("d09-access-on-localhost", "D09", "hit", "Codes go to /access on the user's own machine.",
                reply_urls=["http://localhost:7823/access"])
    tool.same = True
    tool.without("signIns")
    tool.want("watch", "D04 D09", weights={"D09": 20})
    loopback = calm("d09-loopback", "D09", "hit", "A loopback address of no known tool: half the weight.",
                    reply_urls=["http://127.0.0.1:9090/"])
    loopback.want("info", "D04 D09", weights={"D09": 10})
    changed = calm("d09-changed", "D09", "hit", "Its reply URL was changed to an unencrypted one last week.",
                   reply_urls=["http://collect.vendor.example/cb"])
    changed.reply_url(day(5), changed.user("Bo Admin"), changed.subject,
                      ["https://signin.vendor.example/callback"], ["http://collect.vendor.example/cb"])
    changed.want("watch", "D04 D09", weights={"D09": 20})
    domain = calm("d09-localhost-in-a-domain", "D09", "miss", "The word localhost within an ordinary host name.",
                  reply_urls=["https://localhost.vendor.example/access"])
    domain.want("info", "D04", miss="D09")
    hidden = calm("d09-not-exported", "D09", "not-evaluable", "replyUrls was not among the exported members.",
                  hidden=("replyUrls",))
    hidden.want("info", "D04", unknown="D09")
    return [tool, loopback, changed, domain, hidden]


def rare():
    many = Story("d11-new-but-popular", "D11", "miss", "New this week, and five people chose it.")
    app = many.app("Ledgerly", created=day(2, "09:00:00"))
    for i, user in enumerate(many.colleagues(5)):
        many.gives(day(2, f"10:{i:02d}:00"), user, app, MAIL)
    many.want("info", "D04 D07", miss="D11", weights={"D07": 5})
    grants = calm("d11-grants-not-read", "D04 D06 D11", "not-evaluable", "The grants were not exported.",
                  disabled="DisabledDueToViolationOfServicesAgreement")
    grants.changes.clear()
    grants.without("oauth2PermissionGrants")
    grants.want("watch", "D10", unknown="D04 D06 D11")

    def tenants(id, kind, why, days):
        story = Story(id, "D12", kind, why)
        new = story.app("Ledgerly", created=day(2, "09:00:00"))
        for i, user in enumerate(story.colleagues(5)):
            story.gives(day(2, f"10:{i:02d}:00"), user, new, MAIL)
        if days is not None:
            story.memory = {"lastSnapshot": "2026-11-17T06:00:00Z", "sightings": [
                {"tenant": guid(f"other tenant {i}"), "appId": new.app_id,
                 "firstSeen": day(days + i).strftime("%Y-%m-%dT%H:%M:%SZ")} for i in range(2)]}
        return story
    here = tenants("d12-two-other-tenants-this-week", "hit", "Two other customers met it in the same days.", 3)
    here.want("watch", "D04 D07 D12")
    before = tenants("d12-other-tenants-in-summer", "miss", "Other customers have had it for months.", 90)
    before.want("info", "D04 D07", miss="D12")
    alone = tenants("d12-no-memory", "not-evaluable", "This installation remembers nothing of other tenants.", None)
    alone.want("info", "D04 D07", unknown="D12")
    return [many, grants, here, before, alone]
