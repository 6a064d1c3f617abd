#include <doctest/doctest.h>

#include <algorithm>

#include "files.hpp"
#include "policy/policy.hpp"
#include "support/shipped_policy.hpp"

using namespace clawback;
using namespace clawback::policy;
using namespace clawback::policy::test;

namespace {

const std::string id_a = "11111111-0000-4000-8000-00000000000a";
const std::string id_b = "11111111-0000-4000-8000-00000000000b";
const std::string microsoft_owner = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

Time noon() { return *parse_time("2026-11-23T12:00:00Z"); }

struct Entry {
  std::string app_id;
  std::string name = "N";
  std::string disposition = "alert";
  std::string confidence = "high";
  std::string more = {};
  std::string reviewed = "2026-11-23";
};

std::string text_of(const Entry& entry) {
  return "[[app]]\nnames = [\"" + entry.name + "\"]\napp_id = \"" + entry.app_id +
         "\"\nkind = \"mailbox_exfil\"\ndisposition = \"" + entry.disposition +
         "\"\nconfidence = \"" + entry.confidence + "\"\nwhy = \"w\"\nsources = [\"" + entry.name +
         "'s list\"]\nreviewed = " + entry.reviewed + "\n" + entry.more;
}

// One file for each entry: a.toml, b.toml…
std::vector<File> in_files(const std::vector<Entry>& entries) {
  std::vector<File> out;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    out.push_back({.path = std::string(1, static_cast<char>('a' + i)) + ".toml",
                   .text = catalog_text(text_of(entries[i]))});
  }
  return out;
}

std::vector<std::string> lines(const std::vector<Error>& errors) {
  std::vector<std::string> out;
  for (const Error& error : errors) {
    out.push_back(error.position->file + ":" + std::to_string(error.position->line) + ": " +
                  error.message);
  }
  return out;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("catalog check: files that disagree are refused, whatever they disagree in") {
  const std::string owner = "owner_tenant = \"22222222-0000-4000-8000-000000000001\"\n";
  const std::string other = "owner_tenant = \"22222222-0000-4000-8000-000000000002\"\n";
  const std::string override = "overrides = \"CHG-1\"\n";
  struct Case {
    std::string_view name;
    Entry first, second;
    Lines problems;
  };
  const std::string twice = "b.toml:2: " + id_a + " is already at a.toml:2";
  const Case cases[] = {
      {"agree", {.app_id = id_a}, {.app_id = id_a}, {}},
      {"other id", {.app_id = id_a}, {.app_id = id_b, .disposition = "baseline"}, {}},
      {"disposition",
       {.app_id = id_a},
       {.app_id = id_a, .disposition = "baseline"},
       {twice + ", with another disposition"}},
      {"name", {.app_id = id_a}, {.app_id = id_a, .name = "M"}, {twice + ", with another name"}},
      {"name in other letters", {.app_id = id_a}, {.app_id = id_a, .name = "n"}, {}},
      {"id in other letters",
       {.app_id = id_a},
       {.app_id = "11111111-0000-4000-8000-00000000000A", .name = "M"},
       {twice + ", with another name"}},
      {"owner",
       {.app_id = id_a, .more = owner},
       {.app_id = id_a, .more = other},
       {twice + ", with another owner tenant"}},
      {"owner known to one", {.app_id = id_a, .more = owner}, {.app_id = id_a}, {}},
      {"overridden",
       {.app_id = id_a},
       {.app_id = id_a, .name = "M", .disposition = "baseline", .more = override},
       {}},
      {"override in the earlier file",
       {.app_id = id_a, .more = override},
       {.app_id = id_a, .disposition = "baseline"},
       {twice + ", with another disposition"}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK(lines(check_catalog(in_files({c.first, c.second}), noon()).problems) == c.problems);
  }
}

TEST_CASE("catalog: two files that agree are one entry, with the lower confidence") {
  const auto catalog = parse_catalog(
      in_files({{.app_id = id_a},
                {.app_id = id_a, .name = "n", .confidence = "low", .reviewed = "2026-11-24"}}));
  REQUIRE(catalog);
  REQUIRE(catalog->entries.size() == 1);
  const CatalogEntry& entry = catalog->entries[0];
  CHECK(entry.confidence == Confidence::low);
  CHECK(is_weak(entry));
  CHECK(entry.sources == Lines{"N's list", "n's list"});
  CHECK(entry.reviewed == "2026-11-24");
  CHECK(entry.overridden.empty());
}

TEST_CASE("catalog: of overrides the last file wins, and what it replaced is kept") {
  const std::string override = "overrides = \"CHG-1\"\n";
  const auto catalog = parse_catalog(
      in_files({{.app_id = id_a, .confidence = "low"},
                {.app_id = id_a, .name = "M", .disposition = "review", .more = override},
                {.app_id = id_a, .name = "O", .disposition = "baseline", .more = override}}));
  REQUIRE(catalog);
  const CatalogEntry* entry = find(*catalog, domain::AppId(id_a));
  REQUIRE(entry != nullptr);
  CHECK(entry->names == Lines{"O"});
  CHECK(entry->disposition == Disposition::baseline);
  CHECK(entry->overrides == "CHG-1");
  REQUIRE(entry->overridden.size() == 2);
  CHECK(entry->overridden[0].name == "N");
  CHECK(entry->overridden[0].confidence == Confidence::low);
  CHECK(entry->overridden[0].position.file == "a.toml");
  CHECK(entry->overridden[1].name == "M");
}

TEST_CASE("catalog: no override reaches Microsoft's applications, and none is hidden by one") {
  const std::string override = "overrides = \"I know better\"\n";
  const std::string owner = "owner_tenant = \"" + microsoft_owner + "\"\n";
  const std::string graph = "00000003-0000-0000-c000-000000000000";
  const std::string microsofts =
      "[[microsoft]]\nname = \"M\"\napp_id = \"" + id_a + "\"\nsources = [\"s\"]\n";
  struct Case {
    std::string_view name;
    std::vector<Entry> entries;
    std::string more;  // a last file
    Lines problems;
  };
  const Case cases[] = {
      {"API", {{.app_id = graph, .more = override}}, "", {"a.toml:2: " + graph}},
      {"listed", {{.app_id = id_a, .more = override}}, microsofts, {"a.toml:2: " + id_a}},
      {"owner", {{.app_id = id_a, .more = override + owner}}, "", {"a.toml:2: " + id_a}},
      {"overridden by a harmless one",
       {{.app_id = id_a, .more = owner}, {.app_id = id_a, .more = override}},
       "",
       {"a.toml:2: " + id_a}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    auto files = in_files(c.entries);
    if (!c.more.empty()) files.push_back({.path = "z.toml", .text = catalog_text(c.more)});
    Lines wanted = c.problems;
    for (std::string& line : wanted) line += " belongs to Microsoft";
    CHECK(lines(check_catalog(files, noon()).problems) == wanted);
  }
}

TEST_CASE("catalog check: all problems are listed, file by file from the top") {
  std::vector<File> files = {
      {.path = "a.toml", .text = "schema = 1\n[["},
      {.path = "b.toml",
       .text = catalog_text(text_of({.app_id = "x"}) + text_of({.app_id = id_a}) +
                            text_of({.app_id = id_a, .more = "colour = \"red\"\n"}) +
                            entry_text(id_b, ""))}};
  const auto check = check_catalog(files, noon());
  const Lines problems = lines(check.problems);
  REQUIRE(problems.size() == 5);
  CHECK(problems[0].starts_with("a.toml:2: "));
  CHECK(problems[1] == "b.toml:4: \"app_id\" is not a GUID: \"x\"");
  CHECK(problems[2] == "b.toml:20: " + id_a + " is already at b.toml:11");
  CHECK(problems[3] == "b.toml:29: unknown key \"colour\"");
  CHECK(problems[4] == "b.toml:30: the entry has no source");
}

TEST_CASE("catalog check: what deserves a look is noted and does no harm") {
  struct Case {
    std::string_view name;
    std::vector<Entry> entries;
    Lines notes;
  };
  const Case cases[] = {
      {"fresh", {{.app_id = id_a}}, {}},
      {"a year", {{.app_id = id_a, .reviewed = "2025-11-24"}}, {}},
      {"more than a year",
       {{.app_id = id_a, .reviewed = "2025-11-22"}},
       {"a.toml:2: N was last reviewed on 2025-11-22, more than a year ago"}},
      {"tomorrow",
       {{.app_id = id_a, .reviewed = "2026-11-24"}},
       {"a.toml:2: N: its review on 2026-11-24 is yet to come"}},
      {"shared name",
       {{.app_id = id_a}, {.app_id = id_b, .name = "n"}},
       {"b.toml:2: \"n\" is also the name of " + id_a + " at a.toml:2"}},
      {"overrides nothing",
       {{.app_id = id_a, .more = "overrides = \"r\"\n"}},
       {"a.toml:2: \"overrides\" takes the place of nothing: no earlier file has this app id"}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto check = check_catalog(in_files(c.entries), noon());
    CHECK(check.problems.empty());
    CHECK(lines(check.notes) == c.notes);
  }
}

TEST_CASE("catalog check: a campaign of many ids is noted once") {
  const auto check = check_catalog(
      {{.path = "a.toml",
        .text = catalog_text("[[campaign]]\nname = \"c\"\nwhy = \"w\"\nsources = [\"s\"]\n"
                             "reviewed = 2020-01-01\napp_ids = [\"" +
                             id_a + "\", \"" + id_b + "\"]\n")}},
      noon());
  CHECK(check.catalog.entries.size() == 2);
  CHECK(check.notes.size() == 1);
}

TEST_CASE("catalog: hosting networks and the managed policy are read, or refused with a place") {
  const std::string hosting =
      "[hosting]\nsources = [\"s\"]\nreviewed = 2026-11-23\n[hosting.networks]\n";
  const std::string consent =
      "[managed_consent]\nas_of = 2026-01-22\nsources = [\"s\"]\nexempt_apps = [\"" + id_b +
      "\", \"" + id_a + "\"]\nblocked_scopes = [\"Mail.Read\", \"Chat.Read\", \"Mail.Read\"]\n";
  const std::string exchange = "blocked_exchange_scopes = [\"EWS.AccessAsUser.All\"]\n";
  struct Case {
    std::string_view name;
    std::string text;
    Lines problems;
  };
  const Case cases[] = {
      {"both", consent + exchange + hosting + "14061 = \"DigitalOcean\"\n", {}},
      {"no number", hosting + "AS14061 = \"D\"\n", {"a.toml:6: \"AS14061\" is not an AS number"}},
      {"too large",
       hosting + "4294967296 = \"D\"\n",
       {"a.toml:6: \"4294967296\" is not an AS number"}},
      {"zero", hosting + "0 = \"D\"\n", {"a.toml:6: \"0\" is not an AS number"}},
      {"Microsoft", hosting + "8075 = \"M\"\n", {"a.toml:6: AS 8075 is Microsoft's own network"}},
      {"no name", hosting + "14061 = \"\"\n", {"a.toml:6: \"14061\" is empty"}},
      {"no source",
       "[hosting]\nreviewed = 2026-11-23\n[hosting.networks]\n",
       {"a.toml:2: \"sources\" is missing"}},
      {"no networks",
       "[hosting]\nreviewed = 2026-11-23\nsources = [\"s\"]\n",
       {"a.toml:2: \"networks\" is missing"}},
      {"half a policy", consent, {"a.toml:2: \"blocked_exchange_scopes\" is missing"}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto check = check_catalog({{.path = "a.toml", .text = catalog_text(c.text)}}, noon());
    CHECK(lines(check.problems) == c.problems);
  }
  const auto catalog = parse_catalog({{.path = "a.toml", .text = catalog_text(cases[0].text)}});
  REQUIRE(catalog);
  CHECK(catalog->hosting == std::map<std::int64_t, std::string>{{14061, "DigitalOcean"}});
  REQUIRE(catalog->managed_consent);
  const ManagedConsent& read = *catalog->managed_consent;
  CHECK(read.exempt_apps == std::vector{domain::AppId(id_a), domain::AppId(id_b)});
  CHECK(read.blocked_scopes == Lines{"Chat.Read", "Mail.Read"});
  CHECK(read.blocked_exchange_scopes == Lines{"EWS.AccessAsUser.All"});
  CHECK(read.as_of == "2026-01-22");
}

TEST_CASE(
    "catalog: two files may add networks, but not give one two names or two managed policies") {
  const std::string head =
      "[hosting]\nsources = [\"s\"]\nreviewed = 2026-11-23\n[hosting.networks]\n";
  const auto files = [&](const std::string& first, const std::string& second) {
    return std::vector<File>{{.path = "a.toml", .text = catalog_text(head + first)},
                             {.path = "b.toml", .text = catalog_text(head + second)}};
  };
  CHECK(check_catalog(files("1 = \"A\"\n", "1 = \"A\"\n2 = \"B\"\n"), noon())
            .catalog.hosting.size() == 2);
  CHECK(lines(check_catalog(files("1 = \"A\"\n", "1 = \"B\"\n"), noon()).problems) ==
        Lines{"b.toml:6: AS 1 is already \"A\" at a.toml:6"});
  const std::string consent =
      "[managed_consent]\nas_of = 2026-01-22\nsources = [\"s\"]\nexempt_apps = []\n"
      "blocked_scopes = [\"a\"]\nblocked_exchange_scopes = [\"b\"]\n";
  CHECK(lines(check_catalog({{.path = "a.toml", .text = catalog_text(consent)},
                             {.path = "b.toml", .text = catalog_text(consent)}},
                            noon())
                  .problems) == Lines{"b.toml:2: [managed_consent] is already at a.toml:2"});
}

TEST_CASE("catalog: what the genuine client shows is text, and never empty text") {
  const auto catalog = parse_catalog(in_files(
      {{.app_id = id_a,
        .more = "user_agents = [\"A/\"]\nclient_infos = [\"C\"]\nprotocols = [\"IMAP\"]\n"}}));
  REQUIRE(catalog);
  CHECK(catalog->entries[0].user_agents == Lines{"A/"});
  CHECK(catalog->entries[0].client_infos == Lines{"C"});
  CHECK(catalog->entries[0].protocols == Lines{"IMAP"});
  for (const std::string_view key : {"user_agents", "client_infos", "protocols"}) {
    CAPTURE(key);
    const auto check = check_catalog(
        in_files({{.app_id = id_a, .more = std::string(key) + " = [\"x\", \" \"]\n"}}), noon());
    CHECK(lines(check.problems) ==
          Lines{"a.toml:11: \"" + std::string(key) + "\" holds an empty text"});
  }
}

TEST_CASE("catalog: lists of an entry are short") {
  std::string many;
  for (int i = 0; i < 101; ++i) many += (i == 0 ? "\"n" : ", \"n") + std::to_string(i) + "\"";
  const auto check =
      check_catalog(in_files({{.app_id = id_a, .more = "conflicts = [" + many + "]\n"}}), noon());
  CHECK(lines(check.problems) == Lines{"a.toml:11: \"conflicts\" has more than 100 texts"});
}

TEST_CASE("shipped catalog: it passes its own check, and holds the managed policy and networks") {
  const auto files = clawback::test::shipped_policy_files();
  const auto check = check_catalog(files.catalogs, noon());
  CHECK(lines(check.problems) == Lines());
  CHECK(lines(check.notes) == Lines());
  REQUIRE(check.catalog.managed_consent);
  const ManagedConsent& consent = *check.catalog.managed_consent;
  CHECK(consent.exempt_apps.size() == 6);
  CHECK(std::binary_search(consent.exempt_apps.begin(), consent.exempt_apps.end(),
                           domain::AppId("e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd")));
  const auto blocked = [&](const std::string& scope) {
    return std::binary_search(consent.blocked_scopes.begin(), consent.blocked_scopes.end(), scope);
  };
  CHECK(blocked("Mail.Read"));
  CHECK_FALSE(blocked("Mail.Send"));
  CHECK(consent.blocked_exchange_scopes.size() == 4);
  CHECK(check.catalog.hosting.at(14061) == "DigitalOcean");
  CHECK_FALSE(check.catalog.hosting.contains(8075));
  for (const CatalogEntry& entry : check.catalog.entries) {
    const bool shows =
        !entry.user_agents.empty() || !entry.client_infos.empty() || !entry.protocols.empty();
    if (shows) CHECK_FALSE(entry.sources.empty());
  }
}
