#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

// Every request that clawback can send to Microsoft Graph is one of these. Source: Microsoft Graph
// v1.0 reference; statuses and limits as tests/contract/operations.json states them.
namespace clawback::graph {

struct Operation {
  std::string_view id;  // e.g. "oauth2PermissionGrant_delete"
  std::string_view method;
  std::string_view path;      // template under `version`, e.g. "/oauth2PermissionGrants/{id}"
  bool writes = false;        // never of beta
  std::vector<int> statuses;  // that mean success
  std::vector<std::string_view> permissions;  // application permissions; any one is enough
  int top_max = 0;                            // largest $top; 0: not paged
  http::Headers headers;                      // sent besides the usual ones
  std::string_view version = "/v1.0";         // or "/beta": read where v1.0 has less
};

std::span<const Operation> operations();
const Operation& operation(std::string_view id);  // aborts if there is none: our mistake

// The operation that a method and path (under /v1.0 or /beta, query allowed; a path without either
// is of v1.0) belong to; nullptr if clawback has none. Path parameters match one segment each,
// never an empty one and never "..".
const Operation* match(std::string_view method, std::string_view path);

// A request of an operation, ready to send or to store in a plan.
struct Call {
  std::string operation;
  std::string method;
  std::string path;  // "/v1.0/…" or "/beta/…", parameters percent-encoded, query included
  json::value body;  // null: none
  friend bool operator==(const Call&, const Call&) = default;
};

// Fills the template's {parameters} in order. `query` is raw OData, e.g. "$top=999&$select=id";
// blanks and quotes in it are encoded here. Aborts when the number of parameters differs: our
// mistake.
Call make_call(std::string_view operation_id, const std::vector<std::string>& parameters = {},
               std::string_view query = {}, json::value body = nullptr);

}  // namespace clawback::graph
