#include "detect/client_facts.hpp"
#include "one_app.hpp"

using namespace clawback;
using namespace clawback::test;

namespace {

namespace source = domain::source;
using domain::SourceState;

constexpr auto hits = domain::SignalState::hit;
constexpr auto misses = domain::SignalState::miss;
constexpr auto unknown = domain::SignalState::not_evaluable;

using Change = std::function<void(OneApp&)>;

domain::SignIn& show(OneApp& world, const std::string& agent, const std::string& who = "ada") {
  auto& one = world.all.sign_ins.emplace_back(
      sign_in("si-" + std::to_string(world.all.sign_ins.size()), days_ago(2), em_client_id, who));
  one.user_agent = agent;
  one.is_interactive = false;
  return one;
}

Change agent(const std::string& text) {
  return [text](OneApp& world) { show(world, text); };
}

Change read_with(const std::string& info) {
  return [info](OneApp& world) {
    world.all.mail_accesses.push_back(mail_access("ma", days_ago(2), "ada"));
    world.all.mail_accesses.back().client_info = info;
  };
}

// Five people with one agent, and one with another.
Change five_and(const std::string& usual, const std::string& odd) {
  return [usual, odd](OneApp& world) {
    for (int i = 0; i < 5; ++i) show(world, usual, "user" + std::to_string(i));
    show(world, odd, "mallory");
  };
}

}  // namespace

TEST_CASE("agents: scripts are told by their token at the start of a word") {
  CHECK(detect::script_in("python-requests/2.31.0") != nullptr);
  CHECK(detect::script_in("Client=WebServices;Python-Requests/2.31;") != nullptr);
  CHECK(detect::script_in("Mozilla/5.0 (Windows NT; en-US) WindowsPowerShell/5.1") != nullptr);
  CHECK(detect::script_in("Java/17.0.1") != nullptr);
  CHECK(detect::script_in("JavaMail/1.6") == nullptr);
  CHECK(detect::script_in("libcurl-agent") == nullptr);
  CHECK(detect::script_in("Notcurl/1") == nullptr);
  CHECK(detect::script_in("") == nullptr);
  CHECK(detect::script_in(std::string(1 << 20, '\xff')) == nullptr);
}

TEST_CASE("agents: a family is a name without its version") {
  CHECK(detect::family_of("eM Client/9.2.2157") == "em client");
  CHECK(detect::family_of("Mozilla/5.0 (X11) Gecko/20100101 Thunderbird/128.0") == "thunderbird");
  CHECK(detect::family_of("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120") ==
        "edg");
  CHECK(detect::family_of("Foxmail 7.2.25") == "foxmail");
  CHECK(detect::family_of(" \t").empty());
  CHECK(detect::family_of(std::string(1 << 20, 'a')).size() == 40);
  CHECK(detect::is_browser("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0"));
  CHECK(!detect::is_browser("Mozilla/5.0 (X11) Gecko/20100101 Thunderbird/128.0"));
}

TEST_CASE("D18: user agents") {
  const SignalCase cases[] = {
      {"script", hits, 40, "user agent \"python-requests/2.31\" is the Python library requests",
       agent("python-requests/2.31")},
      {"a script in an interactive sign-in", hits, 40, "PowerShell",
       [](OneApp& world) {
         show(world, "Mozilla/5.0 (Windows NT) WindowsPowerShell/5.1").is_interactive = true;
       }},
      {"its own", misses, 0, "what the genuine client shows is not known", agent("eM Client/9.2")},
      {"browser", misses, 0, "1 user agents", agent("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0")},
      {"failed", unknown, 0, "no sign-in of it shows a user agent",
       [](OneApp& world) { show(world, "python-requests/2.31").error_code = 50126; }},
      {"whether it succeeded is not said", unknown, 0, "does not say whether it succeeded",
       [](OneApp& world) { show(world, "python-requests/2.31").error_code.reset(); }},
      {"the catalog knows better", misses, 0, "of nothing that the genuine client does not show",
       [](OneApp& world) {
         world.entry().user_agents = {"okhttp/"};
         show(world, "okhttp/4.9");
       }},
      {"not what the genuine client shows", hits, 20, "not what the genuine client shows",
       [](OneApp& world) {
         world.entry().user_agents = {"eM Client/"};
         show(world, "Zap/1.0");
       }},
      {"a browser opened it", misses, 0, "of nothing that",
       [](OneApp& world) {
         world.entry().user_agents = {"eM Client/"};
         show(world, "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0").is_interactive = true;
       }},
      {"a browser does not refresh tokens", hits, 20, "not what the genuine client shows",
       [](OneApp& world) {
         world.entry().user_agents = {"eM Client/"};
         show(world, "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0").is_interactive = true;
         show(world, "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0");
       }},
      {"a maker's own servers", hits, 20, "counts half",
       [](OneApp& world) {
         world.entry().kind = "cloud_relay_mail_client";
         show(world, "python-requests/2.31");
       }},
      {"no catalogued client", misses, 0, "it is no catalogued client",
       [](OneApp& world) {
         world.app().app_id = domain::AppId(app_guid(1));
         show(world, "python-requests/2.31").app_id = domain::AppId(app_guid(1));
       }},
      {"hostile", hits, 40, "<U+001B>]0;python-requests/2",
       agent("\x1b]0;python-requests/2" + std::string(1 << 20, '\x9b'))},
      {"hostile bytes and no script", misses, 0, "of no script",
       agent(std::string(1 << 20, '\xff'))},
      {"in part: no miss", unknown, 0, "only read in part",
       [](OneApp& world) {
         show(world, "eM Client/9.2");
         set_source(world.all, source::sign_ins, SourceState::partial);
       }},
      {"in part: but a hit", hits, 40, "curl",
       [](OneApp& world) {
         show(world, "curl/8.1");
         set_source(world.all, source::sign_ins, SourceState::partial);
       }},
      {"not read", unknown, 0, "signIns was not read",
       [](OneApp& world) { deny(world.all, source::sign_ins); }},
  };
  check_signal("D18", cases);
}

TEST_CASE("D18: what one user shows against all others, and libraries that all of them show") {
  const SignalCase cases[] = {
      {"one differs from five", hits, 20, "is shown by one user, all 5 others show \"em client\"",
       five_and("eM Client/9.2", "Zap/1.0")},
      {"another version is no other program", misses, 0, "",
       five_and("eM Client/9.2", "eM Client/10.0")},
      {"four are too few", misses, 0, "",
       [](OneApp& world) {
         for (int i = 0; i < 4; ++i) show(world, "eM Client/9.2", "user" + std::to_string(i));
         show(world, "Zap/1.0", "mallory");
       }},
      {"two who differ are no exception", misses, 0, "",
       [](OneApp& world) {
         five_and("eM Client/9.2", "Zap/1.0")(world);
         show(world, "Zap/1.0", "trudy");
       }},
      {"who shows both is the exception", hits, 20, "all 5 others",
       [](OneApp& world) {
         five_and("eM Client/9.2", "Zap/1.0")(world);
         show(world, "eM Client/9.2", "mallory");
       }},
      {"a library that most show", hits, 20, "okhttp",
       [](OneApp& world) {
         for (int i = 0; i < 6; ++i) show(world, "okhttp/4.9", "user" + std::to_string(i));
       }},
      {"a library that one shows", hits, 40, "okhttp", five_and("eM Client/9.2", "okhttp/4.9")},
      {"a tool stays a tool however many show it", hits, 40, "curl",
       [](OneApp& world) {
         for (int i = 0; i < 6; ++i) show(world, "curl/8.1", "user" + std::to_string(i));
       }},
  };
  check_signal("D18", cases);
}

TEST_CASE("D18: protocols of sign-ins, and ClientInfoStrings of reads") {
  const auto with_facts = [](OneApp& world) {
    world.entry().protocols = {"IMAP", "SMTP"};
    world.entry().client_infos = {"Client=POP3/IMAP4"};
  };
  const auto used = [](const std::string& text) {
    return [text](OneApp& world) { show(world, "eM Client/9").client_app_used = text; };
  };
  const auto signed_in_by = [](const std::string& text) {
    return [text](OneApp& world) { show(world, "eM Client/9").protocol = text; };
  };
  const SignalCase cases[] = {
      {"its protocol", misses, 0, "", used("IMAP4")},
      {"another", hits, 20, "it used Exchange Web Services, which the genuine client does not",
       used("Exchange Web Services")},
      {"modern sign-ins name none", misses, 0, "", used("Mobile Apps and Desktop clients")},
      {"device code", hits, 20, "by device code", signed_in_by("deviceCode")},
      {"password alone", hits, 20, "ROPC", signed_in_by("ropc")},
      {"oauth", misses, 0, "", signed_in_by("oAuth2")},
      {"its reads", misses, 0, "1 ClientInfoStrings",
       read_with("Client=POP3/IMAP4;Protocol=IMAP4")},
      {"other reads", hits, 20, "ClientInfoString \"Client=REST;Client=RESTSystem;\" is not what",
       read_with("Client=REST;Client=RESTSystem;")},
      {"reads of a script", hits, 40, "Python library requests",
       read_with("Client=WebServices;python-requests/2.28.1;")},
      {"through Graph", hits, 40, "aiohttp",
       [](OneApp& world) {
         read_with("Client=REST;aiohttp/3.8")(world);
         world.all.mail_accesses[0].app = domain::AppId("00000003-0000-0000-c000-000000000000");
       }},
      {"reads are enough without sign-ins", misses, 0, "0 user agents",
       [](OneApp& world) {
         deny(world.all, source::sign_ins);
         read_with("Client=POP3/IMAP4;Protocol=IMAP4")(world);
       }},
      {"EWS hides the application", unknown, 0, "reads through EWS hide the application",
       [](OneApp& world) {
         read_with("Client=WebServices;python-requests/2.28.1;")(world);
         auto& row = world.all.mail_accesses[0];
         row.client_app = row.app = domain::AppId("47629505-c2b6-4a80-adb1-9b3a3d233b7b");
       }},
      {"only AppId names it", hits, 40, "python",
       [](OneApp& world) {
         read_with("Client=WebServices;python-requests/2.28.1;")(world);
         world.all.mail_accesses[0].app = world.all.mail_accesses[0].client_app;
         world.all.mail_accesses[0].client_app.reset();
       }},
      {"reads in part", unknown, 0, "mailItemsAccessed was only read in part",
       [](OneApp& world) {
         read_with("Client=POP3/IMAP4;Protocol=IMAP4")(world);
         set_source(world.all, source::mail_accesses, SourceState::partial);
       }},
  };
  check_signal("D18", cases, with_facts);
}
