#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "domain/snapshot.hpp"

namespace clawback::evidence {

// A problem in an input that did not stop the reading, with file and line where there is one.
struct Warning {
  std::string message;
  Position position;
};

struct FromFiles {
  domain::Snapshot snapshot;
  std::vector<Warning> warnings;
};

struct FileOptions {
  domain::TenantId tenant;  // used when the files do not say
  std::string tenant_name;
  Time now;  // used when the files do not say when they were observed
  // Applications of Microsoft's besides the resource APIs: sign-ins to them are not kept.
  std::vector<domain::AppId> microsoft_apps;
  unsigned threads = 0;    // for files with one record per line; 0: one for each core
  bool parse_all = false;  // of such files every line: the same result, slower
  // How much of a file was read; from one thread at a time, not always the same.
  std::function<void(std::string_view name, std::uint64_t bytes)> progress = {};
};

// Up to `size` bytes into `to`; 0 at the end.
using Read = std::function<Result<std::size_t>(char* to, std::size_t size)>;

// Files and folders (folders: every file in them, one level, sorted by name). Content decides what
// a file is: gzip, UTF-8 or UTF-16 with BOM; an array, {"value":[…]} or {"records":[…]}, one object
// per line, the CSV of Purview or of a Log Analytics table, or a clawback evidence or scenario
// file. Each record's members decide what entity it is (record.hpp). A record that is unusable is
// reported with file and line and makes its source partial; the rest is read. A log counts as read
// when a record of it was met: directoryAudits and signIns in any format, mailItemsAccessed and
// mailboxChanges in the Unified Audit Log, where a mailbox record of another operation proves
// nothing. Unless a document says since when there are logs, it is the earliest directory audit,
// and without that log the earliest record of the others. Kinds that no file holds are `absent` in
// coverage. Errc::invalid with file, line and column for a file that is none of these.
//
// Files with one object per line may be of any length: of audits and sign-ins only what a case
// needs is kept (keeper.hpp), and what fits no more makes coverage partial. A CSV is read in
// portions too. Other files must fit
// into `text_bytes_max`.
Result<FromFiles> read_files(const std::vector<std::filesystem::path>& paths,
                             const FileOptions& options);

// The same from a stream, of any length when it has one object per line.
Result<FromFiles> read_stream(std::string_view name, const Read& source,
                              const FileOptions& options);

// The same from bytes in memory (tests, fuzzing).
Result<FromFiles> read_bytes(std::string_view name, std::string_view bytes,
                             const FileOptions& options);

// One JSON object with a member per source: {"schema":"clawback.evidence/1","tenant":{"id","name"},
// "observed","coverage":{…},"servicePrincipals":[…],"oauth2PermissionGrants":[…],"appRoleAssignments":[…],
// "users":[…],"directoryAudits":[…],"signIns":[…],"authorizationPolicy":{…},
// "permissionGrantPolicies":[…],"servicePrincipalSignInActivities":[…]}, entities as Graph prints
// them (of events also "origin": "unifiedAudit" or "logAnalytics"), and in own shapes, times in
// RFC 3339 and what is unknown left out:
//   "mailItemsAccessed":[{"id","firstDateTime","lastDateTime","userId","mailbox","clientAppId",
//     "appId","ipAddress","clientInfoString","records","items","syncs","throttled"}]
//   "mailboxChanges":[{"id","createdDateTime","kind":"inboxRule"|"forwarding","operation","userId",
//     "mailbox","clientAppId","ipAddress","ruleName","forwards","hides","recipients":[…]}]
//   "organizationConfig":{"EwsEnabled","EwsAllowedAppIDs":[…]}, as Exchange prints it
//   "userCountries":[{"userId","country","firstDateTime","lastDateTime"}], which comes with signIns
//   "appRoleAssignedTo":[{"servicePrincipalId","value":[assignments as Graph prints them]}] and
//   "inboxRules":[{"userId","value":[{"id","displayName","isEnabled","isReadOnly","forwards","hides",
//     "recipients":[…]}]}] (or with "actions", as Graph prints them; one of the two must be there):
//     an application or a user that is not there was not asked about
//   A scenario for policy tests is the
// same with members left out; a member that is there counts as read, one that is not as absent,
// unless coverage says otherwise.
Result<domain::Snapshot> parse_evidence(const json::value& document, const FileOptions& options);
json::value evidence_json(const domain::Snapshot& snapshot);

// Makes the folder, or finds it empty; else Errc::invalid: `save` would refuse it too, after a long
// pass over a tenant.
Result<void> make_empty_folder(const std::filesystem::path& folder);

// `collect -o DIR`: evidence.json and manifest.json (sha256 and size of each file, tool, tenant,
// coverage). Refuses a folder that is not empty. Returns the manifest's digest.
Result<std::string> save(const domain::Snapshot& snapshot, const std::filesystem::path& folder);

}  // namespace clawback::evidence
