#include <doctest/doctest.h>

#include "base/file.hpp"
#include "cli/config.hpp"
#include "cli/serve_settings.hpp"
#include "support/folder.hpp"

using namespace clawback;
using namespace clawback::cli;

namespace {

const std::string tenant =
    "[tenant]\nid = \"aaaabbbb-0000-4ccc-8111-dddd2222eeee\"\nname = \"contoso\"\n"
    "[identity.approve]\nclient_id = \"77778888-9999-4aaa-8bbb-ccccddddeeee\"\n";
const std::string key = "ed25519 = \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"\n";

std::string account(char last) {
  return "entra = { tenant = \"aaaabbbb-0000-4ccc-8111-dddd2222eeee\", object = "
         "\"77778888-9999-4aaa-8bbb-ccccddddeee" +
         std::string(1, last) + "\" }\n";
}

std::string person(const std::string& name, const std::string& more) {
  return "[[approver]]\nname = \"" + name + "\"\n" + more;
}

Result<Config> parse(const std::string& text) { return parse_config(text, "etc/clawback.toml"); }

const Environment nothing = [](const std::string&) { return std::nullopt; };

}  // namespace

TEST_CASE("config: a viewer counts nowhere") {
  const auto config = parse(tenant + person("Dana", account('1')) +
                            person("Vera", "role = \"viewer\"\n" + account('2')) +
                            person("Sam", "role = \"approver\"\n" + key));
  REQUIRE_MESSAGE(config, config.error().message);
  REQUIRE(config->approvers.size() == 2);
  REQUIRE(config->viewers.size() == 1);
  CHECK(config->viewers[0].name == "Vera");
  CHECK(config->registry().people.size() == 2);
  CHECK(config->approver_accounts().size() == 1);
  const auto settings = console_settings(*config, 8750, nothing);
  REQUIRE_MESSAGE(settings, settings.error().message);
  REQUIRE(settings->people.size() == 2);
  CHECK(settings->people[0].approver);
  CHECK_FALSE(settings->people[1].approver);
  CHECK(settings->registry.people.size() == 2);
  CHECK(settings->tenant == config->tenant_id);
}

TEST_CASE("config: one person has one role, and a viewer signs nothing") {
  struct Case {
    std::string_view name;
    std::string text;
  };
  const std::string viewer = "role = \"viewer\"\n";
  const Case cases[] = {
      {"another role", person("Dana", "role = \"admin\"\n" + account('1'))},
      {"a viewer with a key", person("Dana", viewer + account('1') + key)},
      {"a viewer with a login", person("Dana", viewer + account('1') + "account = \"dana\"\n")},
      {"a viewer without an account", person("Dana", viewer)},
      {"both, by name", person("Dana", account('1')) + person("Dana", viewer + account('2'))},
      {"both, by account", person("Dana", account('1')) + person("Vera", viewer + account('1'))},
      {"both, the other way round",
       person("Vera", viewer + account('1')) + person("Dana", account('1'))},
      {"one account, two viewers",
       person("Vera", viewer + account('1')) + person("Dana", viewer + account('1'))},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    CHECK_FALSE(parse(tenant + c.text));
  }
}

TEST_CASE("config: where the console listens, and what it is called") {
  struct Case {
    std::string_view name;
    std::string text;
    bool understood;
    bool listens;
    std::string base;
    bool open_metrics;
  };
  const std::string named = "base_url = \"https://console.example\"\n";
  const Case cases[] = {
      {"nothing said", "", true, true, "http://localhost:8750", true},
      {"another port", "listen = \"127.0.0.1:9000\"\n", true, true, "http://localhost:9000", true},
      {"IPv6", "listen = \"[::1]:9000\"\n", true, true, "http://localhost:9000", true},
      {"behind a proxy", named, true, true, "https://console.example", false},
      {"everywhere", "listen = \"0.0.0.0:9000\"\n", true, false, "", false},
      {"everywhere with a name, without a certificate", "listen = \"0.0.0.0:9000\"\n" + named, true,
       false, "", false},
      {"no address", "listen = \"localhost:9000\"\n", false, false, "", false},
      {"no port", "listen = \"127.0.0.1\"\n", false, false, "", false},
      {"bare IPv6", "listen = \"::1:9000\"\n", false, false, "", false},
      {"IPv4 in brackets", "listen = \"[127.0.0.1]:9000\"\n", false, false, "", false},
      {"half a certificate", "certificate = \"c.pem\"\n", false, false, "", false},
      {"the other half", "key = \"c.key\"\n", false, false, "", false},
      {"a name without TLS", "base_url = \"http://console.example\"\n", false, false, "", false},
      {"a name with a path", "base_url = \"https://console.example/x\"\n", false, false, "", false},
      {"an unknown key", "port = 1\n", false, false, "", false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const auto config = parse(tenant + person("Dana", account('1')) + "[console]\n" + c.text);
    REQUIRE(bool(config) == c.understood);
    if (!config) continue;
    const auto options = listen_options(*config, nothing);
    REQUIRE(bool(options) == c.listens);
    if (!options) {
      CHECK(options.error().code == Errc::invalid);
      continue;
    }
    CHECK(options->plain);
    const auto settings = console_settings(*config, options->port, nothing);
    REQUIRE(settings);
    CHECK(settings->base_url == c.base);
    CHECK(settings->base_url.ends_with(settings->hosts.front()));
    CHECK(settings->open_metrics == c.open_metrics);
    CHECK(settings->hsts == c.base.starts_with("https"));
  }
}

TEST_CASE("config: the console's key and token are credentials that systemd hands over") {
  const test::Folder folder;
  const Environment service = [&](const std::string& name) -> std::optional<std::string> {
    if (name == "CREDENTIALS_DIRECTORY") return folder.path.string();
    return std::nullopt;
  };
  const std::string given = "${CREDENTIALS_DIRECTORY}/console_";
  const auto config = parse(tenant + person("Dana", account('1')) +
                            "[console]\nlisten = \"0.0.0.0:8750\"\n"
                            "base_url = \"https://console.example\"\ncertificate = \"" +
                            (folder.path / "console.pem").string() + "\"\nkey = \"" + given +
                            "key.pem\"\nmetrics_token = \"" + given + "metrics\"\n");
  REQUIRE(config);
  REQUIRE(write_file(folder.path / "console.pem", "certificate", 0644));
  REQUIRE(write_file(folder.path / "console_key.pem", "key", 0400));
  REQUIRE(write_file(folder.path / "console_metrics", "token", 0400));
  const auto options = listen_options(*config, service);
  REQUIRE(options);
  CHECK(options->key_pem == "key");
  CHECK(options->certificate_pem == "certificate");
  const auto settings = console_settings(*config, options->port, service);
  REQUIRE(settings);
  CHECK(settings->metrics_token.reveal() == "token");
  // Outside of the service they are not there, and nothing else is taken for them.
  const auto alone = listen_options(*config, nothing);
  REQUIRE_FALSE(alone);
  CHECK(alone.error().message.find("\"console_key.pem\" is not there") != std::string::npos);
  CHECK_FALSE(console_settings(*config, options->port, nothing));
}

TEST_CASE("config: a console that nobody could sign in to is none") {
  const auto keys_only = parse(tenant + person("Dana", key));
  REQUIRE(keys_only);
  CHECK_FALSE(console_settings(*keys_only, 1, nothing));
  const auto no_client = parse("[tenant]\nid = \"aaaabbbb-0000-4ccc-8111-dddd2222eeee\"\n" +
                               person("Dana", account('1')));
  REQUIRE(no_client);
  CHECK_FALSE(console_settings(*no_client, 1, nothing));
}
