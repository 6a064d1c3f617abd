#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace clawback::policy {

// What it takes to read one of domain::source: the only place that knows.
struct SourceInfo {
  std::string_view name;   // "signIns"
  std::string_view holds;  // what is in it
  std::string_view
      permission;              // of Microsoft Graph, application or delegated; empty: no Graph call
  std::string_view licence;    // empty: none of its own
  std::string_view otherwise;  // how it gets here when Graph has it not; empty: through Graph
  bool beta = false;           // only Graph's beta endpoint has it
};
const std::vector<SourceInfo>& sources();  // in the order of domain::Coverage
const SourceInfo* find_source(std::string_view name);

// "permission AuditLog.Read.All and a Microsoft Entra ID P1 licence"
std::string what_it_takes(const SourceInfo& source);
// "directoryAudits (permission AuditLog.Read.All)"; the name alone if nobody knows it.
std::string to_read(std::string_view source);

}  // namespace clawback::policy
