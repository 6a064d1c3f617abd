"""A story: what happened in a tenant, told once and in no log's words. The writers turn it into exports."""

import base64
import datetime as dt
import hashlib
import uuid

FORMATS = ("graph", "purview", "management", "log-analytics")
UNIFIED = ("purview", "management")

NOW = dt.datetime(2026, 11, 20, 12, 0, 0)
TENANT = "6d1f0c52-8a3e-4c7b-9f10-2b7f4b7ad001"
TENANT_NAME = "Contoso Holding"
MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"


def guid(name):
    """The same for the same name, and shaped like a random one."""
    text = hashlib.sha256(name.encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"


def day(days_ago, clock="10:00:00"):
    """A moment on the day that many days before NOW's."""
    date = NOW.date() - dt.timedelta(days=days_ago)
    return dt.datetime.combine(date, dt.time.fromisoformat(clock))


class Thing:
    """A record with attributes and nothing else."""

    def __init__(self, **members):
        self.__dict__.update(members)


GRAPH = Thing(
    name="Microsoft Graph", id=guid("sp Microsoft Graph"), app_id="00000003-0000-0000-c000-000000000000",
    roles={"Mail.Read": "810c84a8-4a9e-49e6-bf7d-12d183f40d01",
           "Mail.ReadWrite": "e2a3a72e-5f79-4c64-b1b1-878b674786c9",
           "User.Read.All": "df021288-bdef-4463-88db-98f22de89214"})
EXCHANGE = Thing(
    name="Office 365 Exchange Online", id=guid("sp Exchange"), app_id="00000002-0000-0ff1-ce00-000000000000",
    roles={"full_access_as_app": "dc890d15-9560-4a4c-9b7f-a736ec74ec40"})


def grant_id(client, resource, principal=None):
    ids = [client, resource] + ([principal] if principal else [])
    return base64.urlsafe_b64encode(b"".join(uuid.UUID(i).bytes_le for i in ids)).decode().rstrip("=")


class Story:
    def __init__(self, id, rule, kind, why):
        self.id, self.rule, self.kind, self.why = id, rule, kind, why
        self.truth = None  # "attack" or "benign" in whole cases
        self.tenant, self.tenant_name, self.now = TENANT, TENANT_NAME, NOW
        self.apps, self.users, self.grants, self.roles = [], [], [], []
        self.changes, self.sign_ins, self.reads, self.mailbox = [], [], [], []  # logs
        self.activities, self.policy, self.organization = None, None, None
        self.memory, self.exceptions, self.also = None, [], []
        self.subject = None  # the application that the label is about
        self.by_object_id = False  # no record names its app id
        self.formats = FORMATS
        self.beta = True            # Graph's sign-ins: beta or v1.0
        self.layout = "2023"        # of ConsentAction.Permissions: "2021" ends after the scopes
        self.rows = None            # Log Analytics: "diagnostic", "rows" or "csv"; None: by turns
        self.beside = False         # mailbox records lie beside Graph's logs
        self.same = False           # every format must give the same finding
        self.has = {"servicePrincipals", "oauth2PermissionGrants", "appRoleAssignments", "users",
                    "audits", "signIns"}  # what was exported at all
        self.expect = {}
        self.number = 0

    # Who and what there is.

    def user(self, name):
        first = name.split()[0].lower()
        one = Thing(name=name, id=guid(f"{self.id} user {name}"), upn=f"{first}@contoso.example")
        self.users.append(one)
        return one

    def colleagues(self, count):
        return [self.user(f"Person{i:02d} Example") for i in range(count)]

    def app(self, name, **members):
        """An unremarkable application: verified publisher, here for a year, an ordinary reply URL."""
        one = Thing(name=name, app_id=guid(f"app {name} {self.id}"), id=guid(f"{self.id} sp {name}"),
                    object_id=guid(f"{self.id} application {name}"), owner=guid("vendor " + name),
                    verified=True, created=day(400), reply_urls=["https://signin.vendor.example/callback"],
                    type="Application", disabled=None, enabled=True, hidden=(), in_inventory=True)
        one.__dict__.update(members)
        self.apps.append(one)
        self.subject = self.subject or one
        return one

    def young(self, name, **members):
        """An application that nobody vouches for and that came two days ago."""
        return self.app(name, **({"verified": False, "created": day(2, "09:50:00")} | members))

    # What happened.

    def change(self, when, activity, by, targets, properties=(), app_id=None, result="success", reason=""):
        self.number += 1
        self.changes.append(Thing(
            number=self.number, when=when, activity=activity, by=by, targets=targets,
            properties=list(properties), app_id=app_id, result=result, reason=reason,
            key=guid(f"{self.id} change {self.number}")))

    def permission(self, app, user, resource, scopes, client=None):
        client = client or app.id
        principal = user.id if user else None
        end = ", CreatedDateTime: , LastModifiedDateTime ]" if self.layout == "2023" else "]"
        kind = "Principal" if user else "AllPrincipals"
        return (f"[Id: {grant_id(client, resource.id, principal)}, ClientId: {client}, "
                f"PrincipalId: {principal or ''}, ResourceId: {resource.id}, ConsentType: {kind}, "
                f"Scope:  {scopes}{end}")

    def consent(self, when, user, app, *parts, everyone=False, admin=False, refused=False, before=None,
                first=False):
        """parts: (resource, scopes), one each per resource. `before`: what the record says was there.
        `first`: the record was written before the service principal had an id."""
        holder = None if everyone else user
        client = "00000000-0000-0000-0000-000000000000" if refused or first else app.id
        new = ", ".join(self.permission(app, holder, r, s, client) for r, s in parts)
        old = ", ".join(self.permission(app, holder, r, s) for r, s in before or ())
        text = f"[{old}] => [{new}]; "
        if not old:
            text = f"[] => [{new}]; "
        properties = [
            ("ConsentContext.IsAdminConsent", "", "True" if admin else "False"),
            ("ConsentContext.IsAppOnly", "", "False"),
            ("ConsentContext.OnBehalfOfAll", "", "True" if everyone else "False"),
            ("ConsentContext.Tags", "", "WindowsAzureActiveDirectoryIntegratedApp"),
            ("ConsentAction.Permissions", "", text)]
        if refused:
            properties += [("ConsentAction.Reason", "", "Risky application detected"),
                           ("MethodExecutionResult.", "",
                            "Microsoft.Online.Security.UserConsentBlockedForRiskyAppsException")]
            target = ("Application", app.object_id, app.name)
        else:
            properties += [("TargetId.ServicePrincipalNames", "", app.app_id)]
            target = ("ServicePrincipal", app.id, app.name)
        self.change(when, "Consent to application", user, [target], properties, app.app_id,
                    "failure" if refused else "success",
                    "Microsoft.Online.Security.UserConsentBlockedForRiskyAppsException" if refused else "")

    def holds(self, app, user, *parts):
        """The inventory shows the grant; user None: for everyone."""
        for resource, scopes in parts:
            self.grants.append(Thing(app=app, user=user, resource=resource, scopes=scopes))

    def gives(self, when, user, app, *parts, everyone=False, **more):
        """A consent, and what the inventory shows of it now."""
        self.consent(when, user, app, *parts, everyone=everyone, **more)
        self.holds(app, None if everyone else user, *parts)

    def grant_change(self, when, by, app, user, resource, old, new, word="Add"):
        properties = [
            ("DelegatedPermissionGrant.Scope", f" {old}" if old else "", f" {new}" if new else ""),
            ("DelegatedPermissionGrant.ConsentType", "", "Principal" if user else "AllPrincipals"),
            ("ServicePrincipal.ObjectID", "", app.id),
            ("TargetId.ServicePrincipalNames", "", f"https://api.example;{resource.app_id}")]
        if user:
            properties.append(("DelegatedPermissionGrant.PrincipalId", "", user.id))
        self.change(when, f"{word} delegated permission grant", by,
                    [("ServicePrincipal", resource.id, resource.name), ("ServicePrincipal", app.id, "")],
                    properties, resource.app_id)

    def amends(self, when, user, app, resource, old, new):
        """What a widened consent writes: three records, one called Remove, one that shows no change."""
        second = dt.timedelta(seconds=1)
        self.grant_change(when, user, app, user, resource, old, new, "Remove")
        self.grant_change(when, user, app, user, resource, old, new, "Add")
        self.consent(when + second, user, app, (resource, old), before=[(resource, old)])
        self.holds(app, user, (resource, new))

    def registers(self, when, by, app):
        self.change(when, "Add application", by, [("Application", app.object_id, app.name)],
                    [("DisplayName", [], [app.name]), ("AppId", [], [app.app_id])], app.app_id)

    def appears(self, when, by, app):
        self.change(when, "Add service principal", by, [("ServicePrincipal", app.id, app.name)],
                    [("AccountEnabled", [], [True]), ("AppPrincipalId", [], [app.app_id]),
                     ("DisplayName", [], [app.name])], app.app_id)

    def secret(self, when, by, app, on="ServicePrincipal"):
        key = f"[KeyIdentifier={guid(self.id + ' key')},KeyType=Password,KeyUsage=Verify,DisplayName=key]"
        if on == "Application":
            self.change(when, "Update application \u2013 Certificates and secrets management ", by,
                        [("Application", app.object_id, app.name)], [("KeyDescription", [], [key])], app.app_id)
        else:
            self.change(when, "Add service principal credentials", by,
                        [("ServicePrincipal", app.id, app.name)], [("KeyDescription", [], [key])], app.app_id)

    def reply_url(self, when, by, app, old, new):
        def addresses(urls):
            return [{"AddressType": 0, "Address": u, "ReplyAddressClientType": 1} for u in urls]
        self.change(when, "Update service principal", by, [("ServicePrincipal", app.id, app.name)],
                    [("AppAddress", addresses(old), addresses(new)),
                     ("Included Updated Properties", "", "AppAddress")], app.app_id)

    def role(self, when, app, resource, value, by=None):
        """An application permission; with `by` also the record of its being given."""
        self.roles.append(Thing(app=app, resource=resource, value=value, when=when))
        if by:
            self.change(when, "Add app role assignment to service principal", by,
                        [("ServicePrincipal", resource.id, resource.name), ("ServicePrincipal", app.id, app.name)],
                        [("AppRole.Id", "", resource.roles[value]), ("AppRole.Value", "", value),
                         ("ServicePrincipal.ObjectID", "", app.id), ("ServicePrincipal.DisplayName", "", app.name),
                         ("ServicePrincipal.AppId", "", app.app_id)], resource.app_id)

    def sign_in(self, when, user, app, **members):
        self.number += 1
        one = Thing(number=self.number, when=when, user=user, app=app, resource=GRAPH, ip="192.0.2.17",
                    country="DE", city="Dresden", asn=3320, interactive=True, risk="none", protocol="oAuth2",
                    agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Edg/130.0",
                    key=guid(f"{self.id} sign-in {self.number}"))
        one.__dict__.update(members)
        self.sign_ins.append(one)

    def read(self, when, user, app, **members):
        self.number += 1
        one = Thing(number=self.number, when=when, user=user, app=app, via=GRAPH.app_id, items=3, sync=False,
                    info="Client=REST;Client=RESTSystem;;", ip="198.51.100.23", throttled=False,
                    key=guid(f"{self.id} read {self.number}"))
        one.__dict__.update(members)
        self.reads.append(one)

    def inbox_rule(self, when, user, name, **actions):
        """actions: ForwardTo, DeleteMessage, MoveToFolder, MarkAsRead, as New-InboxRule takes them."""
        self.rule_or_forwarding(when, user, "New-InboxRule", {"Name": name} | actions)

    def forwarding(self, when, user, address):
        self.rule_or_forwarding(when, user, "Set-Mailbox",
                                {"Identity": user.upn, "ForwardingSmtpAddress": "smtp:" + address})

    def rule_or_forwarding(self, when, user, operation, parameters):
        self.number += 1
        self.mailbox.append(Thing(number=self.number, when=when, user=user, operation=operation,
                                  parameters=parameters, ip="198.51.100.23",
                                  key=guid(f"{self.id} mailbox {self.number}")))

    def last_used(self, app, when):
        self.activities = (self.activities or []) + [(app, when)]

    # What was and was not exported.

    def without(self, *sources):
        self.has -= set(sources)

    # What a responder would want to read.

    def want(self, verdict, hits="", miss="", unknown="", any="", weights=None, formats=None):
        """`hits` is all that may hit; `miss` and `unknown` are held to; `any` is left open."""
        signals = {i: "hit" for i in hits.split()}
        signals |= {i: "miss" for i in miss.split()}
        signals |= {i: "not-evaluable" for i in unknown.split()}
        for name in formats or self.formats:
            one = {"verdict": verdict, "signals": dict(sorted(signals.items()))}
            if weights:
                one["weights"] = weights
            if any:
                one["any"] = any.split()
            self.expect[name] = one
