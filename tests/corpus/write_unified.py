"""The Unified Audit Log: records as the Management Activity API serves them, and Purview's CSV around them."""

import csv
import gzip
import io
import json

import disorder
from story import TENANT, guid

RECORD_TYPES = {"directory": 8, "logon": 15, "rule": 1, "read": 50}


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def plain(value):
    """Texts stand as they are; lists and objects are JSON over several lines."""
    if isinstance(value, str):
        return value
    return json.dumps(value, indent=2, ensure_ascii=False).replace("\n", "\r\n")


def named(random, pairs):
    return disorder.listed(random, [{"Name": name, "Value": value} for name, value in pairs])


def head(key, when, kind, operation, workload):
    return {"Id": key, "CreationTime": stamp(when), "RecordType": RECORD_TYPES[kind], "Operation": operation,
            "OrganizationId": TENANT, "UserType": 0, "Version": 1, "Workload": workload}


def actor(by, activity):
    if hasattr(by, "upn"):
        entries = [{"ID": by.upn, "Type": 5}, {"ID": "1003" + by.id[:8].upper(), "Type": 3},
                   {"ID": "18ed3507-a475-4ccb-b669-d66bc9f2a36e", "Type": 2}, {"ID": "User_" + by.id, "Type": 2},
                   {"ID": by.id, "Type": 2}, {"ID": "User", "Type": 2}]
        return ([{"ID": "Azure ESTS Service", "Type": 1}] if "onsent" in activity else []) + entries
    return [{"ID": by.name, "Type": 1}, {"ID": "ServicePrincipal_" + by.id, "Type": 2}, {"ID": by.id, "Type": 2},
            {"ID": "ServicePrincipal", "Type": 2}]


def target(targets, app_id):
    out = []
    for kind, id, name in targets:
        out += [{"ID": f"{kind}_{id}", "Type": 2}, {"ID": id, "Type": 2}, {"ID": kind, "Type": 2}]
        if name:
            out.append({"ID": name, "Type": 1})
    if app_id:
        out += [{"ID": app_id, "Type": 2}, {"ID": app_id, "Type": 4}]
    return out


def directory(one, random):
    is_user = hasattr(one.by, "upn")
    kind, id, _ = one.targets[0]
    consented = one.activity == "Consent to application" and one.result == "success"
    details = {"User-Agent": "EvoSTS"} | ({"AppId": one.app_id} if one.app_id else {})
    dot = "" if one.activity.endswith(" ") else "."
    return head(guid("unified " + one.key), one.when, "directory", one.activity + dot, "AzureActiveDirectory") | {
        "ResultStatus": "Success" if one.result == "success" else "Failure",
        "ObjectId": one.app_id if consented else f"{kind}_{id}",
        "UserId": one.by.upn if is_user else "ServicePrincipal_" + one.by.id,
        "UserKey": f"1003{one.by.id[:8].upper()}@contoso.example" if is_user else "Not Available",
        "AzureActiveDirectoryEventType": 1,
        "ExtendedProperties": named(random, [
            ("additionalDetails", disorder.line(disorder.members(random, details))),
            ("extendedAuditEventCategory", kind)]),
        "ModifiedProperties": disorder.listed(random, [
            {"Name": name, "OldValue": plain(old), "NewValue": plain(new)} for name, old, new in one.properties]),
        "Actor": actor(one.by, one.activity), "ActorIpAddress": "<null>", "ClientIP": "",
        "InterSystemsId": guid("correlation " + one.key),
        "Target": target(one.targets, one.app_id)}


def logon(one, random):
    """Neither country nor network, risk or protocol stands here."""
    return head(guid("unified " + one.key), one.when, "logon", "UserLoggedIn", "AzureActiveDirectory") | {
        "ResultStatus": "Success", "ObjectId": one.resource.app_id, "UserId": one.user.upn, "UserKey": one.user.id,
        "ApplicationId": one.app.app_id, "ClientIP": one.ip, "ActorIpAddress": one.ip, "ErrorNumber": "0",
        "AzureActiveDirectoryEventType": 1,
        "ExtendedProperties": named(random, [("UserAgent", one.agent), ("RequestType", "OAuth2:Token"),
                                             ("ResultStatusDetail", "Success")]),
        "ModifiedProperties": [], "Actor": [{"ID": one.user.id, "Type": 0}, {"ID": one.user.upn, "Type": 5}],
        "InterSystemsId": guid("correlation " + one.key),
        "Target": [{"ID": one.resource.app_id, "Type": 0}]}


def read(one, random):
    folders = [] if one.sync else [{"Id": "LgAAAA1", "Path": "\\Inbox", "FolderItems": [
        {"InternetMessageId": f"<{n}.{one.key[:6]}@contoso.example>", "SizeInBytes": 2048} for n in range(one.items)]}]
    return head(guid("unified " + one.key), one.when, "read", "MailItemsAccessed", "Exchange") | {
        "ResultStatus": "Succeeded", "UserId": one.user.upn, "UserKey": "1003" + one.user.id[:8].upper(),
        "MailboxOwnerUPN": one.user.upn, "MailboxGuid": guid("mailbox " + one.user.id), "LogonType": 0,
        "AppId": one.via or one.app.app_id, "ClientAppId": one.app.app_id, "ClientInfoString": one.info,
        "ClientIPAddress": one.ip, "ExternalAccess": False, "OperationCount": max(one.items, 1),
        "OperationProperties": named(random, [("MailAccessType", "Sync" if one.sync else "Bind"),
                                              ("IsThrottled", str(one.throttled))]),
        "Folders": folders}


def rule(one, random):
    return head(guid("unified " + one.key), one.when, "rule", one.operation, "Exchange") | {
        "ResultStatus": "True", "UserId": one.user.upn, "UserKey": "1003" + one.user.id[:8].upper(),
        "ClientIP": f"{one.ip}:50123", "ObjectId": f"EURPR01\\{one.user.upn}\\{one.parameters.get('Name', '')}",
        "ExternalAccess": False, "OriginatingServer": "VI1PR01 (15.20.8158.024)", "SessionId": guid("s" + one.key),
        "Parameters": named(random, one.parameters.items())}


def records(story, random):
    out = []
    if "audits" in story.has:
        out += [directory(one, random) for one in story.changes]
    if "signIns" in story.has:
        out += [logon(one, random) for one in story.sign_ins]
    return out + mailbox(story, random)


def mailbox(story, random):
    return [read(one, random) for one in story.reads] + [rule(one, random) for one in story.mailbox]


def purview(story, random):
    """Quotes within AuditData are doubled; a field of it may hold line ends."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow(["RecordId", "CreationDate", "RecordType", "Operation", "UserId", "AuditData"])
    for one in disorder.records(random, records(story, random)):
        out.writerow([one["Id"], one["CreationTime"] + ".0000000Z", one["RecordType"], one["Operation"],
                      one["UserId"], disorder.line(one)])
    if random.random() < 0.6:
        return {"AuditLog.csv.gz": gzip.compress(text.getvalue().encode(), mtime=0)}
    return {"AuditLog.csv": text.getvalue()}


def management(story, random):
    text = disorder.lines(disorder.records(random, records(story, random)))
    if random.random() < 0.8:
        return {"content.jsonl.gz": gzip.compress(text.encode(), mtime=0)}
    return {"content.jsonl": text}
