#include "evidence/files.hpp"

#include <doctest/doctest.h>
#include <unistd.h>
#include <algorithm>

#include <filesystem>

#include "base/file.hpp"
#include "evidence/kind.hpp"
#include "gzip.hpp"
#include "support/folder.hpp"

using namespace clawback;
using domain::SourceState;
using test::Folder;
using tests::gzip;
namespace fs = std::filesystem;

namespace {

const evidence::FileOptions options{
    .tenant = domain::TenantId("tenant"), .tenant_name = "contoso", .now = Time{}};

const std::string grant_a =
    R"({"id":"gA","clientId":"c","resourceId":"r","consentType":"Principal","principalId":"ada","scope":" Mail.Read"})";
const std::string grant_b =
    R"({"id":"gB","clientId":"c","resourceId":"r","consentType":"AllPrincipals","principalId":null,"scope":"Mail.Send"})";
const std::string app =
    R"({"id":"c","appId":"app-c","servicePrincipalType":"Application","displayName":"C"})";
const std::string user = R"({"id":"ada","userPrincipalName":"ada@contoso.example"})";
const std::string audit =
    R"({"id":"a1","activityDisplayName":"Consent to application","activityDateTime":"2026-11-01T00:00:00Z"})";
const std::string sign_in =
    R"({"id":"s1","appId":"app-c","userId":"ada","createdDateTime":"2026-11-01T00:00:00Z"})";
const std::string role =
    R"({"id":"x","appRoleId":"role-1","principalId":"c","principalType":"ServicePrincipal","resourceId":"r"})";

std::string utf16(std::u16string_view text, bool big_endian) {
  std::string out = big_endian ? "\xfe\xff" : "\xff\xfe";
  for (const char16_t unit : text) {
    const char high = static_cast<char>(unit >> 8);
    const char low = static_cast<char>(unit & 0xff);
    out += big_endian ? high : low;
    out += big_endian ? low : high;
  }
  return out;
}

std::u16string widen(std::string_view ascii) { return {ascii.begin(), ascii.end()}; }

const domain::Source& source(const evidence::FromFiles& from, std::string_view name) {
  const domain::Source* found = domain::find(from.snapshot.coverage, name);
  REQUIRE(found != nullptr);
  return *found;
}

evidence::FromFiles read(std::string_view bytes) {
  auto from = evidence::read_bytes("x.json", bytes, options);
  if (!from) FAIL(from.error().message);
  return *from;
}

}  // namespace

TEST_CASE("files: the same two grants, however they were saved") {
  const std::string pretty = "[\n  " + grant_a + ",\n\n  " + grant_b + "\n]\n";
  const std::string page =
      R"({"@odata.context":"https://g/v1.0/$metadata#oauth2PermissionGrants","value":[)" + grant_a +
      "," + grant_b + "]}";
  struct Case {
    std::string_view name;
    std::string bytes;
  };
  const Case cases[] = {
      {"list", "[" + grant_a + "," + grant_b + "]"},
      {"list over lines", pretty},
      {"page", page},
      {"page without context", "{\"value\":[" + grant_a + "," + grant_b + "]}"},
      {"one object per line", grant_a + "\n" + grant_b + "\n"},
      {"one object per line, CRLF, blank lines", grant_a + "\r\n\r\n" + grant_b + "\r\n"},
      {"one page per line", "{\"value\":[" + grant_a + "]}\n{\"value\":[" + grant_b + "]}\n"},
      {"UTF-8 with BOM", "\xef\xbb\xbf" + page},
      {"UTF-16 little-endian", utf16(widen(page), false)},
      {"UTF-16 big-endian", utf16(widen(pretty), true)},
      {"gzip", gzip(page)},
      {"gzip of lines", gzip(grant_a + "\n" + grant_b)},
      {"gzip of UTF-16", gzip(utf16(widen(page), false))},
      {"two gzip members", gzip(grant_a + "\n") + gzip(grant_b + "\n")},
      {"a record twice", "[" + grant_a + "," + grant_b + "," + grant_a + "]"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto from = read(c.bytes);
    CHECK(from.warnings.empty());
    REQUIRE(from.snapshot.grants.size() == 2);
    CHECK(from.snapshot.grants[0].id.str() == "gA");
    CHECK(from.snapshot.grants[0].scopes == std::vector<std::string>{"Mail.Read"});
    CHECK(source(from, domain::source::grants).state == SourceState::read);
    CHECK(source(from, domain::source::grants).records == 2);
    CHECK(source(from, domain::source::users).state == SourceState::absent);
    CHECK(from.snapshot.coverage.sources.size() ==
          static_cast<std::size_t>(
              std::ranges::count(evidence::all_kinds, false, evidence::is_on_demand)));
    CHECK(from.snapshot.tenant.str() == "tenant");
  }
}

TEST_CASE("files: members tell what a record is") {
  struct Case {
    std::string_view record;
    std::string_view source;
  };
  const Case cases[] = {
      {grant_a, domain::source::grants},
      {app, domain::source::service_principals},
      {user, domain::source::users},
      {audit, domain::source::audits},
      {sign_in, domain::source::sign_ins},
      {role, domain::source::app_roles},
      {R"({"defaultUserRolePermissions":{"permissionGrantPoliciesAssigned":[]}})",
       domain::source::authorization_policy},
      {R"({"id":"p","includes":[],"excludes":[]})", domain::source::permission_grant_policies},
      {R"({"id":"x","appId":"a","lastSignInActivity":null})", domain::source::app_activities},
      {R"({"Name":"contoso","EwsEnabled":null,"EwsAllowedAppIDs":""})",
       domain::source::organization_config},
  };
  for (const Case& c : cases) {
    CAPTURE(c.record);
    const auto from = read("[" + std::string(c.record) + "]");
    for (const domain::Source& one : from.snapshot.coverage.sources) {
      CAPTURE(one.name);
      CHECK((one.state == SourceState::read) == (one.name == c.source));
      CHECK(one.records == (one.name == c.source ? 1 : 0));
    }
  }
}

TEST_CASE("files: an empty page says by its context what there is none of") {
  struct Case {
    std::string_view context;
    std::string_view source;
  };
  const Case cases[] = {
      {"https://graph.microsoft.com/v1.0/$metadata#oauth2PermissionGrants", domain::source::grants},
      {"https://g/v1.0/$metadata#servicePrincipals(id,appId)", domain::source::service_principals},
      {"https://g/v1.0/$metadata#servicePrincipals('8e88')/appRoleAssignedTo",
       domain::source::app_roles},
      {"https://g/v1.0/$metadata#users('a')/oauth2PermissionGrants", domain::source::grants},
      {"https://g/v1.0/$metadata#auditLogs/directoryAudits", domain::source::audits},
      {"https://g/v1.0/$metadata#auditlogs/directoryaudits", domain::source::audits},
      {"https://g/v1.0/$metadata#auditLogs/signIns", domain::source::sign_ins},
      {"https://g/v1.0/$metadata#policies/permissionGrantPolicies",
       domain::source::permission_grant_policies},
      {"https://g/v1.0/$metadata#groups", ""},
      {"nonsense", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.context);
    const auto from = read("{\"@odata.context\":\"" + std::string(c.context) + "\",\"value\":[]}");
    for (const domain::Source& one : from.snapshot.coverage.sources) {
      CAPTURE(one.name);
      CHECK((one.state == SourceState::read) == (one.name == c.source));
    }
    CHECK(from.warnings.size() == (c.source.empty() ? 1 : 0));
  }
}

TEST_CASE("files: nothing is taken for empty") {
  for (const std::string_view bytes : {"[]", "{\"value\":[]}", "", " \n"}) {
    CAPTURE(bytes);
    const auto from = read(bytes);
    CHECK(from.warnings.size() == 1);
    for (const domain::Source& one : from.snapshot.coverage.sources) {
      CHECK(one.state == SourceState::absent);
    }
  }
}

TEST_CASE("files: a bad record is left out with its line, and its source is partial") {
  struct Case {
    std::string_view name;
    std::string bytes;
    std::uint32_t line;
  };
  const std::string no_id =
      R"({"clientId":"c","resourceId":"r","consentType":"AllPrincipals","scope":""})";
  const Case cases[] = {
      {"no id, list", "[\n" + grant_a + ",\n" + no_id + ",\n" + grant_b + "]", 3},
      {"no id, page", "{\n\"value\": [\n" + grant_a + ",\n\n" + no_id + "," + grant_b + "]}", 5},
      {"no id, lines", grant_a + "\n" + no_id + "\n" + grant_b, 2},
      {"no JSON, lines", grant_a + "\n{\"id\":\n" + grant_b, 2},
      {"no JSON, list", "[" + grant_a + ",\n\n{\"id\": tru},\n" + grant_b + "]", 3},
      {"a number", "[" + grant_a + ",\n7,\n" + grant_b + "]", 2},
      {"unknown", "[" + grant_a + ",\n{\"id\":\"x\"},\n" + grant_b + "]", 2},
      {"too deep",
       "[" + grant_a + ",\n" + std::string(50, '[') + std::string(50, ']') + ",\n" + grant_b + "]",
       2},
      {"not UTF-8", "[" + grant_a + ",\n{\"id\":\"\xff\"},\n" + grant_b + "]", 2},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto from = read(c.bytes);
    CHECK(from.snapshot.grants.size() == 2);
    CHECK(source(from, domain::source::grants).state == SourceState::partial);
    REQUIRE(from.warnings.size() == 1);
    CHECK(from.warnings[0].position.file == "x.json");
    CHECK(from.warnings[0].position.line == c.line);
  }
}

TEST_CASE("files: thousands of bad records do not make thousands of warnings") {
  std::string bytes = "[" + grant_a;
  for (int i = 0; i < 5000; ++i) bytes += ",\n{\"x\":1}";
  const auto from = read(bytes + "]");
  CHECK(from.warnings.size() == 51);
}

TEST_CASE("files: what is no evidence at all is an error with its place") {
  struct Case {
    std::string_view name;
    std::string bytes;
    std::uint32_t line;
  };
  const Case cases[] = {
      {"text", "hello", 1},
      {"HTML", "<html></html>", 1},
      {"CSV", "id,clientId\n1,2\n", 1},
      {"number", "7", 1},
      {"other objects only", R"([{"a":1},{"b":2}])", 1},
      {"cut list", "[\n" + grant_a + ",\n{\"id\":", 3},
      {"cut page", "{\"value\":[\n" + grant_a + ",", 2},
      {"text behind a list", "[" + grant_a + "] x", 1},
      {"hostile depth", std::string(1'000'000, '['), 1},
      {"hostile depth of objects",
       [] {
         std::string deep;
         for (int i = 0; i < 100'000; ++i) deep += "{\"a\":";
         return deep;
       }(),
       1},
      {"cut gzip", gzip(grant_a).substr(0, 40), 1},
      {"broken gzip", "\x1f\x8b garbage garbage", 1},
      {"odd UTF-16", std::string("\xff\xfe") + "[", 1},
      {"half a UTF-16 character", utf16(u"[\"\xd800x\"]", false), 1},
      {"unknown schema", R"({"schema":"clawback.evidence/9"})", 1},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto from = evidence::read_bytes("x.json", c.bytes, options);
    REQUIRE(!from);
    CHECK(from.error().code == Errc::invalid);
    REQUIRE(from.error().position);
    CHECK(from.error().position->file == "x.json");
    CHECK(from.error().position->line == c.line);
    CHECK(from.error().position->column >= 1);
  }
}

TEST_CASE("files: a page that links to a further one is not the whole") {
  const std::string context =
      R"("@odata.context":"https://g/v1.0/$metadata#oauth2PermissionGrants",)";
  const std::string first =
      "{" + context + R"("@odata.nextLink":"https://g/v1.0/x","value":[)" + grant_a + "]}";
  const std::string last = "{" + context + R"("value":[)" + grant_b + "]}";
  CHECK(source(read(first), domain::source::grants).state == SourceState::partial);
  CHECK(source(read(first + "\n" + last), domain::source::grants).state == SourceState::read);
}

TEST_CASE(
    "files: only applications' assignments count, and roles get their names from the resource") {
  const std::string resource =
      R"({"id":"r","appId":"app-r","accountEnabled":true,"appRoles":[{"id":"role-1","value":"Mail.Read"}]})";
  const std::string of_user =
      R"({"id":"y","appRoleId":"role-1","principalId":"u","principalType":"User","resourceId":"r"})";
  const auto from = read("[" + role + "," + of_user + "," + resource + "]");
  REQUIRE(from.snapshot.app_roles.size() == 1);
  CHECK(from.snapshot.app_roles[0].value == "Mail.Read");
  CHECK(from.warnings.empty());
}

TEST_CASE("files: files and folders are united, whatever their names") {
  const Folder folder;
  folder.put("1.txt", "[" + grant_a + "]");
  folder.put("2.dat", gzip(grant_b));
  folder.put("3", "[" + app + "," + user + "]");
  const auto from = evidence::read_files({folder.path}, options);
  REQUIRE(from);
  CHECK(from->snapshot.grants.size() == 2);
  CHECK(from->snapshot.users.size() == 1);
  CHECK(source(*from, domain::source::service_principals).state == SourceState::read);
}

TEST_CASE("files: a path that is not there, and an empty folder, are errors") {
  const Folder folder;
  const auto missing = evidence::read_files({folder.path / "none.json"}, options);
  REQUIRE(!missing);
  CHECK(missing.error().code == Errc::not_found);
  const auto empty = evidence::read_files({folder.path}, options);
  REQUIRE(!empty);
  CHECK(empty.error().code == Errc::invalid);
}

TEST_CASE("files: evidence of two tenants is not mixed") {
  const Folder folder;
  folder.put("a.json", R"({"schema":"clawback.evidence/1","tenant":{"id":"one"},"users":[]})");
  folder.put("b.json", R"({"schema":"clawback.evidence/1","tenant":{"id":"two"},"users":[]})");
  CHECK(!evidence::read_files({folder.path}, options));
}

TEST_CASE(
    "files: the logs begin with the earliest audit, not with an older record of another log") {
  const std::string old_sign_in =
      R"({"id":"s0","appId":"app-c","userId":"ada","createdDateTime":"2026-08-01T00:00:00Z"})";
  // As lines, also one that the filter passes over, and as a list.
  const std::string update =
      R"({"id":"a0","activityDisplayName":"Update user","activityDateTime":"2026-10-01T00:00:00Z"})";
  for (const std::string& text : {audit + "\n" + old_sign_in + "\n" + update,
                                  "[" + audit + "," + old_sign_in + "," + update + "]"}) {
    CHECK(read(text).snapshot.coverage.logs_since == parse_time("2026-10-01T00:00:00Z"));
  }
  CHECK(read(old_sign_in).snapshot.coverage.logs_since == parse_time("2026-08-01T00:00:00Z"));
}

TEST_CASE("files: damaged lines at the top do not hide the lines after them") {
  struct Case {
    std::string_view name;
    std::string top;
    std::size_t bad;
  };
  const Case cases[] = {
      {"the tail of a line", "tail of a cut line\"}\n", 1},
      {"a comment", "# exported today\n\n", 1},
      {"begins that are cut", "{\"x\":\n{\"x\":\n{\"x\":\n{\"x\":\n", 4},
      {"a string that is not closed", "{\"id\":\"a\n", 1},
      {"a control character", std::string("\0\n", 2), 1},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    for (const std::size_t repeats : {1U, 20'000U}) {
      std::string text = c.top;
      for (std::size_t i = 0; i < repeats; ++i) text += grant_a + "\n";
      const auto from = read(text + grant_b);
      CHECK(from.snapshot.grants.size() == 2);
      CHECK(source(from, domain::source::grants).state == SourceState::partial);
      REQUIRE(from.warnings.size() == c.bad);
      CHECK(from.warnings[0].position.line == 1);
      CHECK(from.warnings[0].position.file == "x.json");
    }
  }
  // Parts of one text on lines of their own are no such lines.
  std::string page = "{\"value\":[\n" + grant_a;
  for (int i = 0; i < 20'000; ++i) page += "\n," + grant_b;
  CHECK(source(read(page + "\n]}"), domain::source::grants).state == SourceState::read);
  // Nor are lines within a cell of a table.
  const auto table = read(
      "Note,TimeGenerated,Id,AppId,UserId,ResultType\n\"\n{}\n\n{}\n\",2026-11-01T00:00:00Z,s,a,"
      "ada,0\n");
  CHECK(table.snapshot.sign_ins.size() == 1);
  CHECK(table.warnings.empty());
}

TEST_CASE("files: bytes behind gzip data that are no member make what was read partial") {
  const std::string zeros(600'000, '\0');
  CHECK(read(gzip(grant_a + "\n") + zeros + gzip(grant_b) + zeros).snapshot.grants.size() == 2);
  CHECK(read(gzip(grant_a) + zeros).warnings.empty());
  for (const std::string& tail :
       {std::string("garbage"), zeros + "x", std::string("\x1f"), gzip(grant_b).substr(1)}) {
    for (const std::string& text :
         {grant_a + "\n" + grant_b, "[" + grant_a + "," + grant_b + "]"}) {
      const auto from = read(gzip(text) + tail);
      CHECK(from.snapshot.grants.size() == 2);
      CHECK(source(from, domain::source::grants).state == SourceState::partial);
      REQUIRE(from.warnings.size() == 1);
      CHECK(from.warnings[0].position.file == "x.json");
      CHECK(from.warnings[0].message.find("gzip") != std::string::npos);
    }
  }
}

TEST_CASE("files: what must be held in memory has a limit, and a table need not be") {
  constexpr std::size_t part = std::size_t{1} << 20U;
  // Gives `head`, then `count` parts of what fills up, as much as is asked for.
  const auto endless = [&](std::string head, std::string fill, std::size_t count) {
    std::size_t given = 0;
    const evidence::Read source = [&, left = head](char* to, std::size_t size) mutable {
      while (left.size() < size && given < count * part) {
        left += fill;
        given += fill.size();
      }
      const std::size_t some = left.copy(to, size);
      left.erase(0, some);
      return some;
    };
    return evidence::read_stream("big.csv", source, options);
  };
  const auto json = endless("[", std::string(part, ' '), 300);
  REQUIRE_FALSE(json);
  CHECK(json.error().message.find("256 MiB") != std::string::npos);
  CHECK(json.error().message.find("big.csv") != std::string::npos);
  CHECK(json.error().hint.find("jq") != std::string::npos);
  const auto wide = endless("\xff\xfe\"", std::string(part, 'A'), 300);
  REQUIRE_FALSE(wide);
  CHECK(wide.error().hint.find("operations") != std::string::npos);
  const std::string row = "2026-11-01T00:00:00Z,s,a,ada,0," + std::string(part - 31, 'x') + "\n";
  const auto table = endless("TimeGenerated,Id,AppId,UserId,ResultType,Other\n", row, 260);
  REQUIRE(table);
  CHECK(table->snapshot.sign_ins.size() == 1);
  CHECK(table->warnings.empty());
}
