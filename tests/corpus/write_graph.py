"""Microsoft Graph: pages of the inventory, of directoryAudits and of signIns (v1.0 or beta)."""

import gzip

import disorder
from story import EXCHANGE, GRAPH, MICROSOFT, grant_id, guid

ROOT = "https://graph.microsoft.com/v1.0/$metadata#"


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + "Z"


def page(context, records, link=None):
    out = {"@odata.context": ROOT + context}
    if link:
        out["@odata.nextLink"] = f"https://graph.microsoft.com/v1.0/{context}?$skiptoken={link}"
    return out | {"value": records}


# Inventory

def principal(app):
    publisher = {"displayName": None, "verifiedPublisherId": None, "addedDateTime": None}
    if app.verified:
        publisher = {"displayName": app.name, "verifiedPublisherId": str(int(app.app_id[:5], 16)),
                     "addedDateTime": "2024-02-01T00:00:00Z"}
    out = {"id": app.id, "appId": app.app_id, "displayName": app.name, "accountEnabled": app.enabled,
           "appOwnerOrganizationId": app.owner, "servicePrincipalType": app.type,
           "disabledByMicrosoftStatus": app.disabled, "verifiedPublisher": publisher,
           "createdDateTime": stamp(app.created), "replyUrls": app.reply_urls, "homepage": None,
           "appRoles": []}
    return {key: value for key, value in out.items() if key not in app.hidden}


def api(resource):
    return {"id": resource.id, "appId": resource.app_id, "displayName": resource.name, "accountEnabled": True,
            "appOwnerOrganizationId": MICROSOFT, "servicePrincipalType": "Application",
            "disabledByMicrosoftStatus": None, "createdDateTime": "2021-03-01T09:00:00Z", "replyUrls": [],
            "verifiedPublisher": {"displayName": None, "verifiedPublisherId": None, "addedDateTime": None},
            "appRoles": [{"id": id, "value": value, "isEnabled": True} for value, id in resource.roles.items()]}


def grant(one):
    user = one.user.id if one.user else None
    return {"id": grant_id(one.app.id, one.resource.id, user), "clientId": one.app.id,
            "consentType": "Principal" if user else "AllPrincipals", "principalId": user,
            "resourceId": one.resource.id, "scope": one.scopes}


def role(one):
    return {"id": guid(f"role {one.app.id} {one.value}"), "principalId": one.app.id,
            "principalType": "ServicePrincipal", "principalDisplayName": one.app.name,
            "resourceId": one.resource.id, "resourceDisplayName": one.resource.name,
            "appRoleId": one.resource.roles[one.value], "createdDateTime": stamp(one.when)}


def person(user):
    return {"id": user.id, "userPrincipalName": user.upn, "displayName": user.name, "accountEnabled": True,
            "userType": "Member"}


def activity(app, when):
    return {"id": guid("activity " + app.app_id), "appId": app.app_id,
            "lastSignInActivity": {"lastSignInDateTime": stamp(when), "lastSignInRequestId": guid("x" + app.app_id)}}


def inventory(story, random):
    """One page a line. Beside every format's logs, since no log holds what exists."""
    here = [one for one in story.apps if one.in_inventory]
    apis = [one for one in (GRAPH, EXCHANGE) if any(held.resource is one for held in story.grants + story.roles)]
    pages = []
    for source, context, records in (
            ("servicePrincipals", "servicePrincipals", [api(one) for one in apis] + [principal(a) for a in here]),
            ("oauth2PermissionGrants", "oauth2PermissionGrants", [grant(g) for g in story.grants]),
            ("appRoleAssignments", "servicePrincipals('x')/appRoleAssignedTo", [role(r) for r in story.roles]),
            ("users", "users", [person(u) for u in story.users])):
        if source in story.has:
            pages.append(page(context, disorder.records(random, records)))
    if story.activities is not None:
        used = [activity(app, when) for app, when in story.activities]
        pages.append(page("reports/servicePrincipalSignInActivities", disorder.records(random, used)))
    if story.policy is not None:
        pages.append({"@odata.context": ROOT + "policies/authorizationPolicy/$entity", "id": "authorizationPolicy",
                      "defaultUserRolePermissions": {"permissionGrantPoliciesAssigned": story.policy}})
    if story.organization is not None:
        pages.append(story.organization)
    random.shuffle(pages)
    return {"pages.jsonl": disorder.lines(disorder.members(random, one) for one in pages)} if pages else {}


# Logs

def in_quotes(value):
    """Values are JSON within a JSON string; what was not set is null."""
    if value == "":
        return None
    return disorder.line(value)


def audit(story, one, random):
    user = app = None
    if hasattr(one.by, "upn"):
        user = {"id": one.by.id, "displayName": "Azure ESTS Service" if "onsent" in one.activity else None,
                "userPrincipalName": one.by.upn, "ipAddress": "20.190.160.2", "userType": None}
    else:
        app = {"appId": None, "displayName": one.by.name, "servicePrincipalId": one.by.id,
               "servicePrincipalName": None}
    properties = [{"displayName": name, "oldValue": in_quotes(old), "newValue": in_quotes(new)}
                  for name, old, new in one.properties]
    targets = [{"id": id, "displayName": name or None, "type": kind, "userPrincipalName": None,
                "modifiedProperties": disorder.listed(random, properties) if i == 0 else []}
               for i, (kind, id, name) in enumerate(one.targets)]
    details = [{"key": "User-Agent", "value": "EvoSTS"}]
    if one.app_id:
        details.append({"key": "AppId", "value": one.app_id})
    return {"id": f"Directory_{one.key}_{one.number:05d}", "category": "ApplicationManagement",
            "correlationId": guid("correlation " + one.key), "result": one.result, "resultReason": one.reason,
            "activityDisplayName": one.activity, "activityDateTime": stamp(one.when),
            "loggedByService": "Core Directory", "operationType": "Assign",
            "initiatedBy": {"user": user, "app": app}, "targetResources": targets,
            "additionalDetails": disorder.listed(random, details)}


def sign_in(one, beta):
    out = {"id": one.key, "createdDateTime": stamp(one.when), "userDisplayName": one.user.name,
           "userPrincipalName": one.user.upn, "userId": one.user.id, "appId": one.app.app_id,
           "appDisplayName": one.app.name, "ipAddress": one.ip,
           "clientAppUsed": "Mobile Apps and Desktop clients", "correlationId": guid("correlation " + one.key),
           "isInteractive": one.interactive,
           "riskLevelAggregated": one.risk, "riskLevelDuringSignIn": one.risk,
           "riskState": "none" if one.risk in ("none", "hidden") else "atRisk", "riskEventTypes": [],
           "resourceId": one.resource.app_id,
           "status": {"errorCode": 0, "failureReason": None},
           "location": {"city": one.city, "state": None, "countryOrRegion": one.country,
                        "geoCoordinates": {}}}
    if beta:
        out |= {"userAgent": one.agent, "autonomousSystemNumber": one.asn, "authenticationProtocol": one.protocol,
                "signInEventTypes": ["interactiveUser" if one.interactive else "nonInteractiveUser"],
                "appOwnerTenantId": one.app.owner, "incomingTokenType": "none"}
    return out


def logs(story, random):
    files = {}
    if "audits" in story.has:
        records = disorder.records(random, [audit(story, one, random) for one in story.changes])
        half = len(records) // 2
        pages = [page("auditLogs/directoryAudits", records[:half], "2f"), page("auditLogs/directoryAudits", records[half:])]
        for number, one in enumerate(pages, 1):
            files[f"directoryAudits_{number}.json"] = disorder.line(disorder.members(random, one)) + "\n"
    if "signIns" in story.has:
        records = disorder.records(
            random, [sign_in(one, story.beta) for one in story.sign_ins if story.beta or one.interactive])
        files["signIns.json"] = disorder.line(disorder.members(random, page("auditLogs/signIns", records))) + "\n"
    if random.random() < 0.4:
        return {name + ".gz": gzip.compress(data.encode(), mtime=0) for name, data in files.items()}
    return files
