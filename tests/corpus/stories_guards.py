"""What holds before and after any score: G1 to G4."""

from stories_consent import remembered
from stories_identity import EM_CLIENT, MAIL, calm
from story import EXCHANGE, GRAPH, MICROSOFT, Story, day

EWS = (EXCHANGE, "EWS.AccessAsUser.All")


def stories():
    return microsofts() + exceptions() + existing() + weak()


def microsofts():
    def owned(id, why, name, **members):
        story = Story(id, "G1", "hit", why)
        app = story.app(name, **members)
        story.gives(day(2), story.user("Ada Lindqvist"), app, (GRAPH, "Mail.ReadWrite offline_access"))
        story.secret(day(1), story.user("Bo Admin"), app)
        story.want("none")
        return story
    owner = owned("g1-microsofts-tenant", "Its owner tenant is Microsoft's.", "Copilot for mail", owner=MICROSOFT)
    listed = owned("g1-microsofts-app-id", "My Profile by its app id, which other lists call BlueMail.", "BlueMail",
                   app_id="8c59ead7-d703-4a27-9e55-c96a0054c8d2", hidden=("appOwnerOrganizationId",))
    false_name = Story("g1-name-protects-nobody", "G1", "miss", "Microsoft's name and another owner: judged like all.")
    app = false_name.young("Microsoft Outlook")
    false_name.gives(day(2), false_name.user("Ada Lindqvist"), app, (GRAPH, "Mail.Read offline_access"))
    false_name.want("alert", "D03 D04 D07 D11")
    return [owner, listed, false_name]


def exceptions():
    def excepted(id, kind, why, scopes, expires="2027-06-30T00:00:00Z"):
        story = Story(id, "G2", kind, why)
        app = story.app("eM Client", **EM_CLIENT)
        story.gives(day(2), story.user("Ada Lindqvist"), app, EWS)
        story.exceptions = [{"appId": app.app_id, "users": [], "scopes": scopes, "appRoles": [],
                             "reason": "CHG-7: the new calendar is not there yet", "owner": "bo@contoso.example",
                             "expires": expires}]
        return story
    covers = excepted("g2-exception-covers", "hit", "The organisation accepted exactly this access.",
                      ["EWS.AccessAsUser.All"])
    covers.want("excepted", "D01 D04")
    passed = excepted("g2-ceiling-passed", "miss", "It holds more than the exception names.", ["IMAP.AccessAsUser.All"])
    passed.want("alert", "D01 D04")
    ended = excepted("g2-exception-ended", "miss", "The exception ended a month ago.", ["EWS.AccessAsUser.All"],
                     "2026-10-20T00:00:00Z")
    ended.want("alert", "D01 D04")
    borrowed = excepted("g2-exception-and-a-script", "miss", "What was accepted is eM Client, not a script with its id.",
                        ["EWS.AccessAsUser.All"])
    borrowed.sign_in(day(1), borrowed.users[0], borrowed.subject, interactive=False, agent="python-requests/2.32.3")
    borrowed.want("alert", "D01 D04 D18")
    return [covers, passed, ended, borrowed]


def existing():
    def held(id, kind, why):
        story = Story(id, "G3", kind, why)
        story.holds(story.app("eM Client", **EM_CLIENT), story.user("Ada Lindqvist"), EWS)
        return story
    before = held("g3-before-the-window", "hit", "An earlier pass saw the grant before the logs begin: said, not alarmed.")
    before.memory = remembered(before.subject, before.users[0], EWS[1], EXCHANGE, "2026-10-12T06:00:00Z")
    before.want("watch", "D01 D04")
    undated = held("g3-nobody-knows-since-when", "miss", "Graph keeps no time with a grant: what is not known is alarmed.")
    undated.want("alert", "D01 D04")
    used = Story("g3-before-the-window-and-used", "G3", "miss", "Given before the logs begin, and a script uses it now.")
    app, ada = used.app("eM Client", **EM_CLIENT), used.user("Ada Lindqvist")
    used.holds(app, ada, EWS)
    used.sign_in(day(1), ada, app, interactive=False, agent="python-requests/2.32.3")
    used.want("alert", "D01 D04 D18")
    within = Story("g3-within-the-window", "G3", "miss", "The same access, given two days ago.")
    within.gives(day(2), within.user("Ada Lindqvist"), within.app("eM Client", **EM_CLIENT), EWS)
    within.same = True
    within.without("signIns")
    within.want("alert", "D01 D04")
    return [before, undated, used, within]


def weak():
    report = Story("g4-id-from-a-report", "G4", "hit", "An id from a campaign report alone: watch at most.")
    app = report.young("Ledgerly", app_id="443efa1c-8a0a-47a0-bd31-7c30fe32dee4", verified=True, created=day(300))
    report.gives(day(2), report.user("Ada Lindqvist"), app, MAIL)
    report.want("watch", "D01 D04")
    alone = calm("g4-low-confidence-conflict", "G4", "hit", "iLSMART: low confidence, and sources contradict each other.",
                 "iLSMART", app_id="854189f9-4c71-44bb-9880-dd0c2f75922a")
    alone.want("watch", "D01 D04")
    more = Story("g4-weak-entry-and-more", "G4", "miss",
                 "A weak entry does not soften what stands without it: young, unverified, and the consent was forced.")
    app = more.young("Ledgerly", app_id="443efa1c-8a0a-47a0-bd31-7c30fe32dee4")
    ada, bo = more.user("Ada Lindqvist"), more.user("Bo Berg")
    more.consent(day(2, "09:59:30"), ada, app, (GRAPH, "Mail.Read"), refused=True)
    more.gives(day(2), bo, app, (GRAPH, "Mail.ReadWrite offline_access"))
    more.want("alert", "D01 D04 D07 D11 D13")
    return [report, alone, more]
