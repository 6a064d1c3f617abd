#include "cli/config.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace clawback;
using namespace clawback::cli;

namespace {

const std::string tenant =
    "[tenant]\nid = \"AAAABBBB-0000-4ccc-8111-dddd2222eeee\"\nname = \"contoso\"\n";
const std::string client = "client_id = \"77778888-9999-4aaa-8bbb-ccccddddeeee\"\n";
const std::string key_a = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const std::string key_b = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

Result<Config> parse(const std::string& text) { return parse_config(text, "etc/clawback.toml"); }

}  // namespace

TEST_CASE("config: a whole file becomes a value") {
  const auto config =
      parse(tenant +
            "[cloud]\nname = \"usgov-dod\"\nca_file = \"ca.pem\"\n"
            "[identity.read]\n" +
            client +
            "credential = { kind = \"secret\", env = \"READ\" }\n"
            "[identity.write]\n" +
            client +
            "credential = { kind = \"certificate\", certificate = \"w.pem\", key = \"/k/w.key\" }\n"
            "[policy]\npath = \"../policies/mine\"\nceiling = \"report\"\n"
            "[state]\ndatabase = \"sqlite:///var/lib/clawback.db\"\nevidence = \"ev\"\n"
            "[[approver]]\nname = \"Dana\"\ned25519 = \"" +
            key_a + "\"\n");
  REQUIRE(config);
  CHECK(config->tenant_id == "aaaabbbb-0000-4ccc-8111-dddd2222eeee");
  CHECK(config->login.host == "login.microsoftonline.us");
  CHECK(config->graph.host == "dod-graph.microsoft.us");
  CHECK(config->ca_file == "etc/ca.pem");
  CHECK(config->read->credential.env == "READ");
  CHECK(config->write->credential.certificate == "etc/w.pem");
  CHECK(config->write->credential.key == "/k/w.key");
  CHECK(config->policy == "policies/mine");
  CHECK(config->ceiling == domain::Mode::report);
  CHECK(config->database == "/var/lib/clawback.db");
  CHECK(config->evidence == "etc/ev");
  REQUIRE(config->approvers.size() == 1);
  CHECK(config->approvers[0].ed25519 == std::string(32, '\0'));
  CHECK(config->own_app_ids().size() == 2);
}

TEST_CASE("config: what is not said is the cautious choice") {
  const auto config = parse(tenant);
  REQUIRE(config);
  CHECK(config->login.host == "login.microsoftonline.com");
  CHECK(config->graph.host == "graph.microsoft.com");
  CHECK(config->ceiling == domain::Mode::approve);
  CHECK_FALSE(config->write);
  CHECK_FALSE(config->database);
}

TEST_CASE("config: hosts can be overridden by https addresses only") {
  struct Case {
    std::string_view url;
    bool good;
  };
  const Case cases[] = {{"https://localhost:8443", true},   {"https://graph.example", true},
                        {"http://localhost:8443", false},   {"https://a@graph.example", false},
                        {"https://graph.example/x", false}, {"graph.example", false}};
  for (const Case& c : cases) {
    CAPTURE(c.url);
    CHECK(bool(parse(tenant + "[cloud]\ngraph = \"" + std::string(c.url) + "\"\n")) == c.good);
  }
}

TEST_CASE("config: mistakes are named with their place") {
  struct Case {
    std::string_view name;
    std::string text;
    std::uint32_t line;
    std::uint32_t column;
    std::string_view message;
  };
  const std::string identity = "[identity.read]\n" + client;
  const std::string guid = "11111111-0000-4000-8000-000000000001";
  const auto person = [&](const std::string& name, const std::string& more) {
    return "[[approver]]\nname = \"" + name + "\"\nentra = { tenant = \"" + guid +
           "\", object = \"" + guid + "\" }\n" + more;
  };
  const Case cases[] = {
      {"not TOML", "[tenant", 1, 0, ""},
      {"unknown key", tenant + "nmae = \"x\"\n", 4, 1, "nmae"},
      {"unknown table", tenant + "[polcy]\n", 4, 0, "polcy"},
      {"no tenant", "[policy]\n", 0, 0, "tenant"},
      {"bad tenant id", "[tenant]\nid = \"contoso\"\n", 2, 0, "not a tenant id"},
      {"bad cloud", tenant + "[cloud]\nname = \"mars\"\n", 5, 0, "mars"},
      {"bad ceiling", tenant + "[policy]\nceiling = \"yolo\"\n", 5, 0, "yolo"},
      {"secret in the file",
       tenant + identity + "credential = { kind = \"secret\", value = \"x\" }\n", 6, 0,
       "either \"env\" or \"file\""},
      {"both places",
       tenant + identity + "credential = { kind = \"secret\", env = \"A\", file = \"b\" }\n", 6, 0,
       "either \"env\" or \"file\""},
      {"federated",
       tenant + identity + "credential = { kind = \"federated\", token_file = \"t\" }\n", 6, 0,
       "not supported by this version"},
      {"managed identity", tenant + identity + "credential = { kind = \"managed-identity\" }\n", 6,
       0, "not supported by this version"},
      {"sign-in", tenant + identity + "credential = { kind = \"sign-in\" }\n", 6, 0,
       "not supported by this version"},
      {"unknown kind", tenant + identity + "credential = { kind = \"hope\" }\n", 6, 0, "hope"},
      {"no credential", tenant + identity, 0, 0, "credential"},
      {"postgresql", tenant + "[state]\ndatabase = \"postgresql://db\"\n", 5, 0,
       "not supported by this version"},
      {"unknown database", tenant + "[state]\ndatabase = \"clawback.db\"\n", 5, 0, "database"},
      {"short key", tenant + "[[approver]]\nname = \"A\"\ned25519 = \"AAAA\"\n", 6, 0,
       "public key"},
      {"no key", tenant + "[[approver]]\nname = \"A\"\n", 0, 0, "ed25519"},
      {"an account that is no id",
       tenant +
           "[[approver]]\nname = \"A\"\nentra = { tenant = \"dana@contoso.example\", object = \"" +
           guid + "\" }\n",
       6, 0, "\"tenant\" is not an id"},
      {"one account, two people", tenant + person("A", "") + person("B", ""), 9, 0, "A's already"},
      {"one login, two people",
       tenant + "[[approver]]\nname = \"A\"\naccount = \"x\"\ned25519 = \"" + key_a +
           "\"\n[[approver]]\nname = \"B\"\naccount = \"x\"\ned25519 = \"" + key_b + "\"\n",
       10, 0, "A's already"},
      {"a person by the name of policy", tenant + person("policy", ""), 5, 0, "another name"},
      {"a credential for the approvals app",
       tenant + "[identity.approve]\nclient_id = \"" + guid +
           "\"\ncredential = { kind = \"secret\", env = \"A\" }\n",
       6, 0, "no credential"},
      {"one key, two people",
       tenant + "[[approver]]\nname = \"A\"\ned25519 = \"" + key_a +
           "\"\n[[approver]]\nname = \"B\"\ned25519 = \"" + key_a + "\"\n",
       9, 0, "A's already"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto config = parse(c.text);
    REQUIRE_FALSE(config);
    const Error& error = config.error();
    CAPTURE(error.message);
    CHECK(error.code == Errc::invalid);
    REQUIRE(error.position);
    CHECK(error.position->file == "etc/clawback.toml");
    if (c.line != 0) CHECK(error.position->line == c.line);
    if (c.column != 0) CHECK(error.position->column == c.column);
    CHECK(error.message.find(c.message) != std::string::npos);
  }
}

TEST_CASE("config: one person may have several keys") {
  const auto config = parse(tenant + "[[approver]]\nname = \"A\"\ned25519 = \"" + key_a +
                            "\"\n[[approver]]\nname = \"A\"\ned25519 = \"" + key_b + "\"\n");
  REQUIRE(config);
  CHECK(config->approvers.size() == 2);
}

TEST_CASE("config: an approver may have an Entra account instead of a key, in lower case") {
  const std::string guid = "AAAAAAAA-0000-4000-8000-000000000001";
  const auto config =
      parse(tenant + "[identity.approve]\nclient_id = \"" + guid +
            "\"\n[[approver]]\nname = \"A\"\naccount = \"dana\"\nentra = { tenant = \"" + guid +
            "\", object = \"" + guid + "\" }\n");
  REQUIRE_MESSAGE(config, config.error().message);
  REQUIRE(config->approvers.size() == 1);
  const std::string lower = "aaaaaaaa-0000-4000-8000-000000000001";
  CHECK(config->approvers[0].entra == approval::Account{.tenant = lower, .object = lower});
  CHECK(config->approvers[0].account == "dana");
  CHECK(config->approve_client_id == lower);
  CHECK(config->own_app_ids() == std::vector<std::string>{lower});
  CHECK(config->registry().entra.login == "https://login.microsoftonline.com");
}
