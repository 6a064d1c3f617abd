#pragma once

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

// Log lines as awkward as JSON allows: members in any order or elsewhere, any character escaped,
// white space everywhere, values of the wrong type. For tests that two ways of reading them agree.
// What the filter is allowed to overlook is not among them: a member that comes twice, what makes
// the record something else behind the members that decide, and a record that is cut off right
// behind a bracket.
namespace clawback::test {

class LogLines {
 public:
  explicit LogLines(std::uint64_t seed) : random_(seed) {}

  std::string line() {
    switch (below(24)) {
      case 0:
        return "";
      case 1:
        return " \t";
      case 2:
        return cut(record());
      case 3:
        return record() + record();
      case 4:
        return record() + " x";
      case 5:
        return "[" + record() + "]";
      case 6:
        return R"({"value":[)" + record() + "," + record() + "]}";
      case 7:
        return R"({"@odata.context":"https://x/$metadata#auditLogs/signIns","id":"s"})";
      default:
        return blanks() + record() + blanks();
    }
  }

  // Lines with any line ends; the last may have none.
  std::string text(std::size_t lines) {
    std::string out = one_in(4) ? "\xef\xbb\xbf" : "";
    // Three objects first: they tell that these are lines.
    out += sign_in() + "\n" + audit() + "\n" + audit() + "\n";
    std::vector<std::string> before;
    for (std::size_t i = 0; i < lines; ++i) {
      const bool again = !before.empty() && one_in(5);
      before.push_back(again ? before[below(before.size())] : line());
      out += before.back();
      if (before.size() > 50) before.clear();
      if (i + 1 < lines || one_in(2)) out += one_in(4) ? "\r\n" : "\n";
    }
    return out;
  }

  std::uint64_t below(std::uint64_t end) { return random_() % end; }
  bool one_in(std::uint64_t count) { return below(count) == 0; }

 private:
  using Members = std::vector<std::pair<std::string, std::string>>;

  const std::string& any(const std::vector<std::string>& of) { return of[below(of.size())]; }

  std::string blanks() {
    static const std::vector<std::string> some = {"", "", "", "", " ", "\t", "  ", "\r"};
    return any(some);
  }

  static std::string cut(const std::string& text) {
    std::string out = text.substr(0, text.size() / 2);
    out.resize(out.find_last_not_of("} \t\r") + 1);
    return out;
  }

  // A JSON string of this text, in one of its spellings.
  std::string quoted(const std::string& text) {
    const std::uint64_t escaping = below(12);  // 0: much; 1: one character; else as it is
    const std::size_t chosen = text.empty() ? 0 : below(text.size());
    std::string out = "\"";
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      const bool ascii = static_cast<unsigned char>(c) < 0x80;
      const bool escape = ascii && ((escaping == 0 && one_in(3)) || (escaping == 1 && i == chosen));
      if (c == '"' || c == '\\') {
        out += '\\';
        out += c;
      } else if (c == '/' && one_in(2)) {
        out += "\\/";
      } else if (escape) {
        static const char* const digits[] = {"0123456789abcdef", "0123456789ABCDEF"};
        const char* hex = digits[below(2)];
        out += "\\u00";
        out += hex[static_cast<unsigned char>(c) >> 4U];
        out += hex[static_cast<unsigned char>(c) & 15U];
      } else {
        out += c;
      }
    }
    return out + "\"";
  }

  std::string number() { return any({"0", "50126", "-0", "0.0", "0e0", "12345678901", "1"}); }

  std::string any_value(int depth) {
    switch (below(9)) {
      case 0:
        return "null";
      case 1:
        return "true";
      case 2:
        return number();
      case 3:
        return depth < 3 ? object({{any(keys_), any_value(depth + 1)}, {any(keys_), "[]"}}) : "{}";
      case 4:
        return depth < 3 ? "[" + blanks() + any_value(depth + 1) + "," + any_value(depth + 1) + "]"
                         : "[]";
      default:
        return quoted(any(texts_));
    }
  }

  // Each name once; in any order, but those of `first` before the others.
  std::string object(Members members, const Members& first = {}) {
    for (std::size_t i = members.size(); i > 1; --i) std::swap(members[i - 1], members[below(i)]);
    members.insert(members.begin(), first.begin(), first.end());
    std::set<std::string> names;
    std::string out = "{";
    for (const auto& [name, value] : members) {
      if (!names.insert(name).second) continue;
      if (out.size() > 1) out += "," + blanks();
      out += quoted(name) + blanks() + ":" + blanks() + value + blanks();
    }
    return out + "}";
  }

  std::string record() { return one_in(2) ? sign_in() : audit(); }

  std::string disturbed(Members members) {
    if (one_in(6)) members.erase(members.begin() + static_cast<long>(below(members.size())));
    if (one_in(6)) members[below(members.size())].second = any_value(0);
    for (std::uint64_t i = below(4); i > 0; --i) members.emplace_back(any(keys_), any_value(0));
    Members first;
    if (one_in(8)) first.emplace_back(any(deciding_), any_value(0));
    // A list of this name makes the line an evidence document, and a broken one ends the reading.
    for (auto& [key, value] : first) {
      if (sources_.contains(key) && value.starts_with('[')) value = "7";
    }
    return object(std::move(members), first);
  }

  std::string id() { return quoted("r" + std::to_string(below(100000))); }

  std::string sign_in() {
    Members location = {{"countryOrRegion", quoted(any(countries_))}};
    if (one_in(2)) location.emplace_back("city", quoted(any(texts_)));
    if (one_in(2)) location.emplace_back("geoCoordinates", R"({"latitude":1.5,"altitude":null})");
    if (one_in(10)) location.emplace_back("countryOrRegion", any_value(1));
    Members status = {{"errorCode", one_in(6) ? any_value(1) : one_in(3) ? number() : "0"}};
    if (one_in(2)) status.emplace_back("failureReason", quoted(any(texts_)));
    Members members = {{"id", id()},
                       {"createdDateTime", quoted(any(times_))},
                       {"userId", quoted(any(users_))},
                       {"appId", quoted(any(apps_))},
                       {"ipAddress", quoted("203.0.113." + std::to_string(below(3)))},
                       {"status", object(status)},
                       {"location", object(location)}};
    if (one_in(5)) members.emplace_back("appOwnerTenantId", quoted(any(owners_)));
    if (one_in(3)) {
      members.emplace_back("appliedConditionalAccessPolicies",
                           "[" + object({{"id", id()}, {"appId", quoted(any(apps_))}}) + ",[],{}]");
    }
    return disturbed(std::move(members));
  }

  std::string audit() {
    return disturbed({{"id", id()},
                      {"activityDateTime", quoted(any(times_))},
                      {"activityDisplayName", quoted(any(activities_))},
                      {"result", quoted("success")},
                      {"initiatedBy", object({{"user", object({{"id", quoted(any(users_))}})}})},
                      {"targetResources",
                       "[" + object({{"id", id()}, {"displayName", quoted(any(texts_))}}) + "]"}});
  }

  std::mt19937_64 random_;
  std::vector<std::string> apps_ = {"00000003-0000-0000-c000-000000000000",
                                    "00000003-0000-0000-c000-000000000000",
                                    "1fec8e78-bce4-4aaf-ab1b-5451cc387264",
                                    "1FEC8E78-BCE4-4aaf-ab1b-5451cc387264",
                                    "e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd",
                                    "short",
                                    ""};
  std::vector<std::string> users_ = {"aaaaaaaa-0000-4000-8000-000000000001",
                                     "aaaaaaaa-0000-4000-8000-000000000002",
                                     "AAAAAAAA-0000-4000-8000-000000000002", "ada", ""};
  std::vector<std::string> countries_ = {"US", "DE", "us", "", "USA", "\xc3\x9c", "G\"", "N\\"};
  std::vector<std::string> owners_ = {"f8cdef31-a31e-4b4a-93e4-5f571e91255a",
                                      "9188040d-6c67-4c5b-b112-36a304b66dad",
                                      "F8CDEF31-A31E-4B4A-93E4-5F571E91255A"};
  std::vector<std::string> times_ = {"2026-11-20T01:02:03Z",   "2026-11-20T01:02:03.4567891Z",
                                     "2026-11-21T23:59:59.9Z", "2026-11-20T01:02:03+02:00",
                                     "2026-11-20 01:02:03Z",   "2026-02-30T01:02:03Z",
                                     "2026-11-20T01:02:60Z",   "never"};
  std::vector<std::string> activities_ = {
      "Consent to application",
      "consent to Application.",
      "Update user",
      "Update user",
      "Reset user password",
      "Add service principal",
      "Update application \xe2\x80\x93 Certificates and secrets "
      "management ",
      ""};
  std::vector<std::string> texts_ = {"plain",
                                     "O'Neill <a&b>",
                                     R"({"appId":"x","userId":"y"})",
                                     R"("activityDisplayName":"Consent to application")",
                                     "ends in a backslash \\",
                                     "}]}{[{",
                                     "caf\xc3\xa9 \xf0\x9f\x98\x80",
                                     std::string(150, 'x'),
                                     "a:b\"c\"d:e/f",
                                     ""};
  std::vector<std::string> keys_ = {
      "id",        "appId", "userId", "createdDateTime", "location", "status", "countryOrRegion",
      "errorCode", "x",     "result", "displayName",     "category", "",       "a\"b\\c"};
  std::set<std::string> sources_ = {"users", "signIns", "servicePrincipals"};
  std::vector<std::string> deciding_ = {"clientId",
                                        "appRoleId",
                                        "schema",
                                        "value",
                                        "users",
                                        "signIns",
                                        "servicePrincipals",
                                        "principalId",
                                        "resourceId",
                                        "scope",
                                        "activityDisplayName",
                                        "@odata.context",
                                        std::string(90, 'k')};
};

}  // namespace clawback::test
