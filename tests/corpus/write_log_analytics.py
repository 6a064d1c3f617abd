"""Log Analytics: records of a diagnostic setting, rows of the tables, or the portal's CSV of a table."""

import csv
import datetime as dt
import gzip
import io

import disorder
import write_graph
import write_unified
from story import TENANT


def later(moment, seconds):
    return write_graph.stamp(moment + dt.timedelta(seconds=seconds))


def diagnostic(one, event, category, activity):
    """Properties are Graph's record; its time ends in an offset."""
    for name in ("activityDateTime", "createdDateTime"):
        if name in event:
            event[name] = event[name].replace("Z", ".0000000+00:00")
    return {"time": later(one.when, 40), "resourceId": f"/tenants/{TENANT}/providers/Microsoft.aadiam",
            "operationName": activity, "operationVersion": "1.0", "category": category, "tenantId": TENANT,
            "resultSignature": "None", "durationMs": 0, "callerIpAddress": "20.190.160.2", "Level": 4,
            "correlationId": event["correlationId"], "properties": event}


def text(value):
    return disorder.line(value)


def audit_row(one, event):
    return {"TenantId": "3f1c0c11-workspace", "SourceSystem": "Azure AD", "TimeGenerated": later(one.when, 40),
            "ResourceId": f"/tenants/{TENANT}/providers/Microsoft.aadiam", "OperationName": event["activityDisplayName"],
            "Category": "ApplicationManagement",
            "CorrelationId": event["correlationId"],
            "AdditionalDetails": text(event["additionalDetails"]), "Id": event["id"],
            "InitiatedBy": text(event["initiatedBy"]), "LoggedByService": "Core Directory", "Result": event["result"],
            "ResultReason": event["resultReason"], "TargetResources": text(event["targetResources"]),
            "ActivityDisplayName": event["activityDisplayName"], "ActivityDateTime": event["activityDateTime"],
            "Type": "AuditLogs"}


def sign_in_row(one, event):
    table = "SigninLogs" if one.interactive else "AADNonInteractiveUserSignInLogs"
    return {"TenantId": "3f1c0c11-workspace", "TimeGenerated": later(one.when, 95), "OperationName": "Sign-in activity",
            "Category": "SignInLogs", "ResultType": "0", "Location": one.country, "Id": event["id"],
            "CreatedDateTime": event["createdDateTime"], "UserDisplayName": event["userDisplayName"],
            "UserPrincipalName": event["userPrincipalName"], "UserId": event["userId"], "AppId": event["appId"],
            "AppDisplayName": event["appDisplayName"], "IPAddress": event["ipAddress"],
            "ClientAppUsed": event["clientAppUsed"], "Status": text(event["status"]),
            "LocationDetails": text(event["location"]),
            "ResourceIdentity": event["resourceId"],
            "RiskLevelDuringSignIn": one.risk, "RiskLevelAggregated": one.risk, "RiskState": event["riskState"],
            "IsInteractive": one.interactive, "UserAgent": one.agent, "AutonomousSystemNumber": str(one.asn),
            "AuthenticationProtocol": one.protocol, "AppOwnerTenantId": one.app.owner, "Type": table}


def office_row(record):
    """The table renames some columns of the Unified Audit Log; lists are JSON in a string."""
    out = {"TenantId": "3f1c0c11-workspace", "Type": "OfficeActivity", "SourceSystem": "OfficeActivityManager",
           "TimeGenerated": record["CreationTime"] + "Z", "OfficeId": record["Id"],
           "OfficeWorkload": record["Workload"], "RecordType": "ExchangeItemAggregated" if record["RecordType"] == 50
           else "ExchangeAdmin"}
    names = {"ClientIPAddress": "Client_IPAddress", "ObjectId": "OfficeObjectId"}
    for key, value in record.items():
        if key in ("Id", "Workload", "CreationTime", "RecordType"):
            continue
        out[names.get(key, key)] = text(value) if isinstance(value, (list, dict)) else value
    return out


def portal_time(stamp):
    moment = dt.datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ")
    return f"{moment.month}/{moment.day}/{moment.year}, {moment:%I:%M:%S}.000 {moment:%p}"


def portal_csv(rows):
    """Every row has every column; times are the portal's."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    times = [key for key in columns if key in ("TimeGenerated", "ActivityDateTime", "CreatedDateTime")]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow([key + " [UTC]" if key in times else key for key in columns])
    for row in rows:
        cells = [portal_time(row[key]) if key in times and row.get(key) else row.get(key, "") for key in columns]
        writer.writerow([str(cell).lower() if isinstance(cell, bool) else cell for cell in cells])
    return out.getvalue()


def logs(story, random, form):
    audits, sign_ins = [], []
    for one in story.changes if "audits" in story.has else []:
        event = write_graph.audit(story, one, random)
        if form == "diagnostic":
            audits.append(diagnostic(one, event, "AuditLogs", one.activity))
        else:
            audits.append(audit_row(one, event))
    for one in story.sign_ins if "signIns" in story.has else []:
        event = write_graph.sign_in(one, True)
        if form == "diagnostic":
            category = "SignInLogs" if one.interactive else "NonInteractiveUserSignInLogs"
            sign_ins.append(diagnostic(one, event, category, "Sign-in activity"))
        else:
            sign_ins.append(sign_in_row(one, event))
    office = [office_row(record) for record in write_unified.mailbox(story, random)]
    files = {}
    for name, rows in (("AuditLogs", audits), ("SigninLogs", sign_ins), ("OfficeActivity", office)):
        if not rows:
            continue
        rows = disorder.records(random, rows)
        if form == "csv":
            files[name + ".csv"] = portal_csv(rows)
        elif form == "rows":
            files[name + ".json"] = "[" + ",\n".join(disorder.line(one) for one in rows) + "]\n"
        else:
            files[name + ".jsonl"] = disorder.lines(rows)
    if form == "diagnostic" and random.random() < 0.8:
        return {name + ".gz": gzip.compress(data.encode(), mtime=0) for name, data in files.items()}
    return files
