#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>

#include "evidence/files.hpp"
#include "graph/operations.hpp"
#include "graph/parse.hpp"
#include "table.hpp"

using namespace clawback;
using namespace clawback::tests;
namespace fs = std::filesystem;

namespace {

// The notes from which the table was made lie beside the checkout where clawback is developed; they
// are not part of the project.
std::optional<fs::path> reference() {
  fs::path folder = fs::path(CLAWBACK_SOURCE_DIR).parent_path() / "shared" / "reference";
  if (fs::is_directory(folder / "graph_examples")) return folder;
  MESSAGE("skipped: no ../shared/reference beside this checkout");
  return std::nullopt;
}

// "/users/{id|upn}{?$select}" is our "/users/{id}".
std::string template_of(std::string text) {
  const std::size_t query = text.find("{?");
  if (query != std::string::npos) text.resize(query);
  const std::size_t bar = text.find('|');
  if (bar != std::string::npos) text.erase(bar, text.find('}', bar) - bar);
  return text;
}

using Parse = std::function<std::optional<Error>(const json::value&)>;

Parse parser_for(std::string_view operation) {
  const auto of = [](auto parse) -> Parse {
    return [parse](const json::value& value) -> std::optional<Error> {
      const auto parsed = parse(value);
      if (parsed) return std::nullopt;
      return parsed.error();
    };
  };
  const std::map<std::string_view, Parse> parsers = {
      {"oauth2PermissionGrant", of(graph::parse_grant)},
      {"servicePrincipal", of(graph::parse_service_principal)},
      {"roles", of(graph::parse_app_role_assignment)},
      {"user", of(graph::parse_user)},
      {"directoryAudit", of(graph::parse_audit_event)},
      {"signIn", of(graph::parse_sign_in)},
      {"authorizationPolicy", of(graph::parse_authorization_policy)},
      {"messageRule", of(graph::parse_inbox_rule)},
      {"permissionGrantPolicy", of(graph::parse_permission_grant_policy)},
  };
  const bool roles = operation.find("AppRoleAssign") != std::string_view::npos;
  const auto found = parsers.find(roles ? "roles" : operation.substr(0, operation.find('_')));
  return found != parsers.end() ? found->second : Parse();
}

struct Example {
  std::string file;
  const graph::Operation* of = nullptr;
  json::value answer;
  std::string url;
  int status = 0;
};

// The examples of operations that clawback can send.
std::vector<Example> fitting_examples(const fs::path& folder) {
  constexpr std::string_view base = "https://graph.microsoft.com";
  std::vector<Example> out;
  for (const auto& entry : fs::directory_iterator(folder / "graph_examples")) {
    const json::value example = load_json(entry.path());
    const auto method = string_at(example, "method");
    auto url = string_at(example, "url").value_or("");
    if (!method || !url.starts_with(base)) continue;
    url.erase(0, base.size());
    const std::size_t placeholder = url.find("{id}");
    if (placeholder != std::string::npos) url.replace(placeholder, 4, "id");
    const graph::Operation* of = graph::match(*method, url);
    if (of == nullptr || !url.starts_with(std::string(of->version) + "/")) continue;
    out.push_back({.file = entry.path().filename().string(),
                   .of = of,
                   .answer = example.at("responseBody"),
                   .url = url,
                   .status = static_cast<int>(int_at(example, "status").value_or(0))});
  }
  std::sort(out.begin(), out.end(),
            [](const Example& a, const Example& b) { return a.file < b.file; });
  return out;
}

// Examples that were shortened by whoever printed them: they lack the ids that an entity can't be
// without.
bool is_shortened(std::string_view file) {
  constexpr std::string_view files[] = {
      "capture_audit_amended_user_consent_three_events.json",
      "paging_users_top5.json",
      "servicePrincipal_delta.json",
      "servicePrincipal_list.json",
      "servicePrincipal_list_filterTopCount.json",
      "servicePrincipal_list_search.json",
      "user_get_select.json",
  };
  return std::find(std::begin(files), std::end(files), file) != std::end(files);
}

}  // namespace

TEST_CASE("reference: our operations are those of the contract notes") {
  const auto folder = reference();
  if (!folder) return;
  const json::value contract = load_json(*folder / "graph_contract.json");
  for (const graph::Operation& one : graph::operations()) {
    CAPTURE(one.id);
    // The notes hold no row of them; their shapes are those of Microsoft's reference.
    constexpr std::string_view without_row[] = {"servicePrincipalSignInActivity_list",
                                                "servicePrincipal_createAppRoleAssignedTo",
                                                "messageRule_get", "messageRule_update"};
    if (std::find(std::begin(without_row), std::end(without_row), one.id) !=
        std::end(without_row)) {
      continue;
    }
    const json::array& rows = contract.as_array();
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const json::value& value) {
      return string_at(value, "operationId") == one.id;
    });
    REQUIRE(row != rows.end());
    CHECK(string_at(*row, "method") == one.method);
    CHECK("/" + string_at(*row, "apiVersion").value_or("") == one.version);
    CHECK(template_of(string_at(*row, "urlTemplate").value_or("")) == one.path);
    CHECK(numbers_of(*row, "successStatus") == one.statuses);
    CHECK(int_at(*row, "maxTop").value_or(0) == one.top_max);
    const auto permissions = strings_of(*row, "permissionsApplication");
    CHECK(one.permissions.empty() == permissions.empty());
    for (const std::string_view permission : one.permissions) {
      CAPTURE(permission);
      CHECK(std::find(permissions.begin(), permissions.end(), permission) != permissions.end());
    }
  }
}

TEST_CASE("reference: every fitting example is understood by the parsers") {
  const auto folder = reference();
  if (!folder) return;
  std::size_t records = 0;
  for (const Example& example : fitting_examples(*folder)) {
    CAPTURE(example.file);
    if (example.status >= 400) continue;
    CHECK(std::find(example.of->statuses.begin(), example.of->statuses.end(), example.status) !=
          example.of->statuses.end());
    const Parse parse = parser_for(example.of->id);
    const bool has_entity =
        example.answer.is_object() && example.of->id != "user_revokeSignInSessions";
    if (!parse || !has_entity) continue;
    const json::array* list = array_at(example.answer, "value");
    const json::array alone{example.answer};
    for (json::value record : list != nullptr ? *list : alone) {
      if (is_shortened(example.file)) {
        record.as_object().emplace("id", "added");
        record.as_object().emplace("appId", "added");
      }
      const auto error = parse(record);
      if (error) FAIL_CHECK(error->message);
      ++records;
    }
  }
  CHECK(records >= 25);
}

TEST_CASE("reference: an example file is taken as an export") {
  const auto folder = reference();
  if (!folder) return;
  for (const Example& example : fitting_examples(*folder)) {
    CAPTURE(example.file);
    if (example.status != 200 || is_shortened(example.file) || !parser_for(example.of->id))
      continue;
    if (!example.answer.is_object() || example.of->writes) continue;
    const auto read = evidence::read_bytes(example.file, compact_json(example.answer), {});
    if (!read) FAIL_CHECK(read.error().message);
    if (read) CHECK(read->warnings.empty());
  }
}
