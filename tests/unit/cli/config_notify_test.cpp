#include <doctest/doctest.h>

#include "cli/config.hpp"
#include "cli/credential_path.hpp"

using namespace clawback;
using namespace clawback::cli;
using notify::Event;
using notify::Target;

namespace {

const std::string tenant = "[tenant]\nid = \"AAAABBBB-0000-4ccc-8111-dddd2222eeee\"\n";
const std::string url = "url = \"https://soc.example/hook\"\n";
const std::string secret = "secret = { env = \"KEY\" }\n";

Result<Config> parse(const std::string& text) {
  return parse_config(tenant + text, "/etc/clawback/clawback.toml");
}

}  // namespace

TEST_CASE("config: every kind of [[notify]] becomes a target") {
  const auto config =
      parse("[[notify]]\nkind = \"webhook\"\nname = \"soc\"\n" + url + secret +
            "on = [\"waits\", \"failed\"]\n"
            "[[notify]]\nkind = \"webhook\"\nurl = { env = \"U\" }\nsecret = { file = \"k\" }\n"
            "[[notify]]\nkind = \"teams\"\nurl = { file = \"${CREDENTIALS_DIRECTORY}/teams\" }\n"
            "[[notify]]\nkind = \"syslog\"\naddress = \"tcp://127.0.0.1:601\"\n");
  REQUIRE(config);
  const std::vector<Target>& targets = config->notify_targets;
  REQUIRE(targets.size() == 4);
  CHECK(targets[0] == Target{.name = "soc",
                             .url = "https://soc.example/hook",
                             .secret = {.env = "KEY"},
                             .on = {Event::waits, Event::failed}});
  CHECK(targets[1].name == "webhook");
  CHECK(targets[1].url_from.env == "U");
  CHECK(targets[1].secret.file == "/etc/clawback/k");
  CHECK(targets[1].on.size() == 5);
  CHECK(targets[2].kind == Target::Kind::teams);
  CHECK(targets[2].url_from.file == "${CREDENTIALS_DIRECTORY}/teams");
  CHECK(targets[3].address == "tcp://127.0.0.1:601");
}

TEST_CASE("config: mistakes in [[notify]] are named with their place") {
  struct Row {
    std::string_view name;
    std::string text;
    std::uint32_t line;  // of the whole file; the tables begin at 3
    std::string_view message;
  };
  const std::string webhook = "[[notify]]\nkind = \"webhook\"\n";
  const Row rows[] = {
      {"no kind", "[[notify]]\n", 3, "kind"},
      {"mail", "[[notify]]\nkind = \"mail\"\n", 4, "whoever took over a mailbox reads it there"},
      {"unknown kind", "[[notify]]\nkind = \"pager\"\n", 4, "pager"},
      {"http", webhook + "url = \"http://soc.example/\"\n" + secret, 5, "https"},
      {"no url", webhook + secret, 3, "url"},
      {"no secret", webhook + url, 3, "secret"},
      {"secret in the file", webhook + url + "secret = \"hunter2\"\n", 6, "table"},
      {"two sources", webhook + url + "secret = { env = \"A\", file = \"b\" }\n", 6,
       "either \"env\" or \"file\""},
      {"unknown key", webhook + url + secret + "sercet = 1\n", 7, "sercet"},
      {"Teams's address in the file", "[[notify]]\nkind = \"teams\"\n" + url, 5, "is a secret"},
      {"unknown event", webhook + url + secret + "on = [\"found\", \"lost\"]\n", 7, "lost"},
      {"bad name", webhook + url + secret + "name = \"../x\"\n", 7, "not a name"},
      {"same name", webhook + url + secret + webhook + url + secret, 7, "already"},
      {"bad address", "[[notify]]\nkind = \"syslog\"\naddress = \"log\"\n", 5, "syslog address"},
      {"no address", "[[notify]]\nkind = \"syslog\"\n", 3, "address"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const auto config = parse(row.text);
    REQUIRE_FALSE(config);
    const Error& error = config.error();
    CAPTURE(error.message);
    CHECK(error.code == Errc::invalid);
    CHECK(error.message.find(row.message) != std::string::npos);
    CHECK(error.message.find("soc.example/hook") == std::string::npos);
    CHECK(error.message.find("hunter2") == std::string::npos);
    REQUIRE(error.position);
    CHECK(error.position->line == row.line);
  }
}

TEST_CASE("config: a credential of systemd is a path that is found when it is read") {
  const auto given = [](const std::string& text) {
    return parse(
        "[identity.read]\nclient_id = \"77778888-9999-4aaa-8bbb-ccccddddeeee\"\n"
        "credential = { kind = \"secret\", file = \"" +
        text + "\" }\n");
  };
  const auto config = given("${CREDENTIALS_DIRECTORY}/read");
  REQUIRE(config);
  const auto& file = config->read->credential.file;
  const Environment service = [](const std::string& name) -> std::optional<std::string> {
    if (name == "CREDENTIALS_DIRECTORY") return "/run/credentials/clawback.service";
    return std::nullopt;
  };
  CHECK(*locate(file, service) == "/run/credentials/clawback.service/read");
  const Environment none = [](const std::string&) { return std::nullopt; };
  const auto missing = locate(file, none);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message ==
        "the credential \"read\" is not there: $CREDENTIALS_DIRECTORY is not set");
  CHECK(*locate("/plain/path", none) == "/plain/path");
  for (const char* bad : {"${HOME}/read", "/x/${CREDENTIALS_DIRECTORY}/read",
                          "${CREDENTIALS_DIRECTORY}", "${CREDENTIALS_DIRECTORY}/",
                          "${CREDENTIALS_DIRECTORY}/../shadow", "${CREDENTIALS_DIRECTORY}/.."}) {
    CAPTURE(std::string(bad));
    CHECK_FALSE(given(bad));
  }
}
