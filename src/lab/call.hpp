#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/time.hpp"
#include "lab/audit.hpp"
#include "lab/query.hpp"
#include "lab/random.hpp"
#include "lab/reply.hpp"
#include "lab/server.hpp"
#include "lab/store.hpp"

namespace clawback::lab {

// What every operation works on.
struct Backend {
  Options options;
  Store store;
  Random random;
  std::string seal_key{};
};

// Who asks: the application in the token.
struct Caller {
  std::string app_id{};
  std::string service_principal_id{};
  std::string name{};
  std::set<std::string> roles{};
};

// A Graph request on its way to its operation.
struct Call {
  std::string method{};
  std::string version = "/v1.0";  // or "/beta"
  std::string path{};             // after the version, as it came, without the query
  std::string raw_query{};
  std::vector<std::string> arguments{};  // of the path, decoded
  Query query{};
  json::value body{};
  std::string raw_body{};
  std::string content_type{};
  bool eventual = false;           // ConsistencyLevel: eventual
  bool create_if_missing = false;  // Prefer
  Caller caller{};
  Time now{};
  std::string origin{};  // "https://localhost:PORT"
  std::string request_id{};
  std::string client_request_id{};
};

Reply json_answer(int status, std::string body);
Reply empty_answer();  // 204: no body and no Content-Type
Reply error_answer(const Call& call, const Refusal& refusal);

// The application that asks, as audit records name it.
Happening by_app(Backend& backend, const Call& call);
void record(Backend& backend, const Call& call, const AuditRecord& audit);

std::string context_url(const Call& call, std::string_view fragment);

}  // namespace clawback::lab
