#include <doctest/doctest.h>

#include <functional>

#include "asked.hpp"

using namespace clawback;
using namespace clawback::test;

namespace {

constexpr auto hits = domain::SignalState::hit;
constexpr auto misses = domain::SignalState::miss;
constexpr auto unknown = domain::SignalState::not_evaluable;

auto name(std::string text) {
  return [text = std::move(text)](Asked& asked) { asked.app.display_name = text; };
}

auto name_and_user(std::string text, std::string display, std::string upn) {
  return [=](Asked& asked) {
    asked.app.display_name = text;
    auto one = user("u-7");
    one.display_name = display;
    one.user_principal_name = upn;
    asked.all.users.push_back(one);
  };
}

}  // namespace

TEST_CASE("D03: a name that is spelt to be read as Microsoft's counts in full") {
  const AskedCase cases[] = {
      {"rn and 0", hits, 40, "rn for m, 0 for o", name("rnicrosoft 0utlook Sync")},
      {"says whom", hits, 40, "Microsoft's name \"Microsoft Outlook\"",
       name("rnicrosoft 0utlook Sync")},
      {"Cyrillic", hits, 40, "U+043E for o", name("Micr\u043Esoft Teams")},
      {"zero width", hits, 40, "\"Micro<U+200B>soft\" is spelt", name("Micro\u200Bsoft")},
      {"disguised inside an honest frame", hits, 40, "0 for o", name("Zoom for Micros0ft Teams")},
      {"one word of the pair", hits, 40, "I for l", name("OutIook")},
      {"torn apart", hits, 40, "exactly Microsoft's name", name("Micro soft Teams")},
      {"backwards", hits, 40, "U+202E", name("\u202Eskoobemas tfosorciM")},
      {"bold letters", hits, 40, "for t", name("\U0001D413eams for Microsof\U0001D42D")},
  };
  ask_all("D03", cases);
}

TEST_CASE("D03: exactly Microsoft's name on a stranger's application counts in full") {
  const AskedCase cases[] = {
      {"product", hits, 40, "exactly Microsoft's name \"Outlook\"; its owner is not Microsoft",
       name("Outlook")},
      {"case and blanks", hits, 40, "exactly", name(" microsoft   TEAMS ")},
      {"blanks left out", hits, 40, "exactly", name("Office365")},
      {"owner unknown", hits, 40, "whose application it is, is not known",
       [](Asked& asked) {
         asked.app.display_name = "Microsoft Teams";
         asked.app.owner_tenant.reset();
       }},
      {"the tenant's own application", misses, 0, "of this tenant",
       [](Asked& asked) {
         asked.app.display_name = "Micros0ft";
         asked.app.owner_tenant = own_tenant;
       }},
      {"Microsoft's", misses, 0, "Microsoft's",
       [](Asked& asked) {
         asked.app.display_name = "Outlook";
         asked.app.owner_tenant = microsoft_tenant;
       }},
  };
  ask_all("D03", cases);
}

TEST_CASE("D03: a product's plain name in a longer one counts half at most") {
  const AskedCase cases[] = {
      {"leads", hits, 20, "begins with Microsoft's name \"Office 365\"",
       name("Office365 Security")},
      {"leads, the longer name is told", hits, 20, "\"Microsoft\"",
       name("Microsoft Account Verification")},
      {"for", misses, 0, "mentions", name("Zoom for Microsoft Outlook")},
      {"add-in", misses, 0, "mentions", name("Outlook add-in for Acme")},
      {"German", misses, 0, "mentions", name("Outlook-Anbindung für Acme")},
      {"further back", misses, 0, "mentions", name("HubSpot Sales Office 365")},
      {"part of a word", misses, 0, "not made to be read", name("Outlooker")},
      {"two words that make one", misses, 0, "not made to be read", name("In Tune Radio")},
      {"Japanese add-in", misses, 0, "not made to be read", name("Outlook連携ツール")},
  };
  ask_all("D03", cases);
}

TEST_CASE("D03: an honest name in any script is no finding") {
  for (const std::string_view text : {"Harborly",
                                      "Яндекс Почта",
                                      "Почта Mail.ru",
                                      "LINE ワークス",
                                      "サイボウズ Office",
                                      "ＬＩＮＥ",
                                      "微信企业邮箱",
                                      "بريد الشركة",
                                      "דואר",
                                      "Ταχυδρομείο",
                                      "ไปรษณีย์",
                                      "한메일",
                                      "Größenwahn Mail",
                                      "Łódź Poczta",
                                      "Çiçek Sepeti",
                                      "Kalender für München",
                                      "Ωmega Mail",
                                      "मेल ऐप",
                                      "Пошта Outlook-користувача",
                                      "Spark",
                                      "Thunderbird",
                                      "Mail 2 Go",
                                      "Team Words",
                                      "Zoom 📧",
                                      "A.B.C.",
                                      "Ἀθῆναι"}) {
    const auto answer = ask(
        [&] {
          Asked asked;
          asked.app.display_name = text;
          return asked;
        }(),
        "D03");
    CAPTURE(text);
    CAPTURE(answer.reason);
    CHECK(answer.state == misses);
  }
}

TEST_CASE("D03: the tenant's own name") {
  const auto label = [](Asked& asked, std::string text) {
    asked.all.tenant_name.clear();
    asked.all.users.push_back(user("ada"));  // ada@contoso.example
    asked.app.display_name = std::move(text);
  };
  const AskedCase cases[] = {
      {"same", hits, 40, "exactly this tenant's name \"contoso\"", name("Contoso")},
      {"disguised in a longer name", hits, 40, "0 for o", name("C0ntoso HR Portal")},
      {"plain in a longer name", misses, 0, "mentions", name("Contoso Portal")},
      {"by domain", hits, 40, "this tenant's name \"contoso\"",
       [&](Asked& asked) { label(asked, "c\u03BFntoso"); }},
      {"neither name nor users", misses, 0, "not made",
       [](Asked& asked) {
         asked.all.tenant_name.clear();
         asked.app.display_name = "Contoso";
       }},
      {"written without its marks", misses, 0, "mentions",
       [](Asked& asked) {
         asked.all.tenant_name = "Müller";
         asked.app.display_name = "Portal Muller";
       }},
  };
  ask_all("D03", cases);
}

TEST_CASE("D03: the domain's label that says whose it is") {
  CHECK(detect::domain_label("ada@contoso.com") == "contoso");
  CHECK(detect::domain_label("ada@mail.contoso.co.uk") == "contoso");
  CHECK(detect::domain_label("a_x.com#EXT#@contoso.onmicrosoft.com") == "contoso");
  CHECK(detect::domain_label("ada@corp.acme.com") == "acme");
  CHECK(detect::domain_label("ada@ab.com").empty());
  CHECK(detect::domain_label("ada").empty());
  CHECK(detect::domain_label("").empty());
}

TEST_CASE("D03: catalogued names in disguise; plainly they are left to D02") {
  const AskedCase cases[] = {
      {"disguised", hits, 40, "the catalogued name \"PERFECTDATA SOFTWARE\"",
       name("PERFECTDAT\u0410 SOFTWARE")},
      {"plain", misses, 0, "not made", name("PERFECTDATA SOFTWARE")},
      {"its own", misses, 0, "not made",
       [](Asked& asked) {
         asked.app.app_id = domain::AppId(perfectdata_id);
         asked.app.display_name = "PERFECTDATA\u200B SOFTWARE";
       }},
      {"inside a longer name", misses, 0, "not made", name("My Thunderb1rd")},
  };
  ask_all("D03", cases);
}

TEST_CASE("D03: names of users") {
  const AskedCase cases[] = {
      {"display name", hits, 40, "is the display name of user u-7",
       name_and_user("Ada Lovelace", "Ada  LOVELACE", "al@contoso.example")},
      {"user principal name", hits, 40, "is the user principal name of user u-7",
       name_and_user("al@contoso.example", "Ada Lovelace", "al@contoso.example")},
      {"disguised", hits, 40, "in disguise: U+0430 for a",
       name_and_user("Ad\u0430 Lovelace", "Ada Lovelace", "al@contoso.example")},
      {"a single word counts half", hits, 20, "a single word",
       name_and_user("HubSpot", "HubSpot", "hs@contoso.example")},
      {"a single word in disguise", hits, 40, "in disguise",
       name_and_user("HubSp0t", "HubSpot", "hs@contoso.example")},
      {"only a part", misses, 0, "not made",
       name_and_user("Ada Lovelace Mail", "Ada Lovelace", "al@contoso.example")},
      {"too short", misses, 0, "not made", name_and_user("IT", "1t", "it@contoso.example")},
      {"users not read", unknown, 0, "whether it is a user's name is not known",
       [](Asked& asked) { deny(asked.all, domain::source::users); }},
      {"users not read, but it hits anyway", hits, 40, "exactly",
       [](Asked& asked) {
         deny(asked.all, domain::source::users);
         asked.app.display_name = "Outlook";
       }},
  };
  ask_all("D03", cases);
}

TEST_CASE("D03: names that say nothing count half") {
  const AskedCase cases[] = {
      {"dots", hits, 20, "neither letter nor digit", name("...")},
      {"invisible", hits, 20, "neither letter nor digit", name("\u3164\u200B")},
      {"test", hits, 20, "a trial", name(" Test")},
      {"test app", hits, 20, "a trial", name("test-app")},
      {"app test", hits, 20, "a trial", name("App Test")},
      {"apptest", hits, 20, "a trial", name("apptest")},
      {"longer", misses, 0, "not made", name("Test Manager")},
      {"no name", unknown, 0, "its name is not known", name("")},
      {"not read", unknown, 0, "its name is not known",
       [](Asked& asked) { asked.app_is_read = false; }},
  };
  ask_all("D03", cases);
}

TEST_CASE("D03: hostile names") {
  const AskedCase cases[] = {
      {"no UTF-8", hits, 20, "neither letter nor digit", name("\xFF\xC0\xAF\xED\xA0\x80")},
      {"ten megabytes", misses, 0, "not made", name(std::string(10'000'000, 'x'))},
      {"ten megabytes of marks", hits, 20, "",
       [](Asked& asked) {
         asked.app.display_name.clear();
         for (int i = 0; i < 5'000'000; ++i) asked.app.display_name += "\u0301";
       }},
      {"many words", hits, 20, "begins with",
       [](Asked& asked) {
         asked.app.display_name.clear();
         for (int i = 0; i < 200; ++i) asked.app.display_name += "microsoft ";
       }},
      {"escapes are shown", hits, 20, "<U+001B>[2J", name("Microsoft \x1B[2J")},
      {"behind 256 code points", misses, 0, "", name(std::string(256, 'x') + " Micros0ft")},
  };
  ask_all("D03", cases);
}

TEST_CASE("D03: the order of users and of names changes nothing") {
  Asked one;
  one.app.display_name = "Ada Lovelace";
  for (const char* id : {"u-3", "u-1", "u-2"}) {
    auto person = user(id);
    person.display_name = "Ada Lovelace";
    one.all.users.push_back(person);
  }
  Asked other = one;
  std::swap(other.all.users.front(), other.all.users.back());
  CHECK(ask(one, "D03") == ask(other, "D03"));
  CHECK(ask(one, "D03").reason.find("u-1") != std::string::npos);
}

TEST_CASE("D02: hidden characters and look-alikes do not save a borrowed name") {
  auto app = service_principal("sp", app_guid(1), "PERFECTDATA\u200B SOFTWARE");
  const auto all = snapshot({app}, {grant("g", "sp", "ada", {"Mail.Read"})});
  const auto judgement = judged(all, shipped_policy());
  const auto* finding = find_finding(judgement, "sp");
  REQUIRE(finding != nullptr);
  CHECK(find_signal(*finding, "D02")->state == hits);
  CHECK(find_signal(*finding, "D02")->weight == 15);
  CHECK(find_signal(*finding, "D03")->state == hits);
}

TEST_CASE("D03: judging gives what asking gives, and users are found among many") {
  std::vector<domain::ServicePrincipal> apps = {service_principal("sp", app_guid(1), "Ada Byron"),
                                                service_principal("sq", app_guid(2), "Harborly")};
  auto all = snapshot(apps, {});
  for (int i = 0; i < 500; ++i) {
    auto person = user("u" + std::to_string(i));
    person.display_name = "Person Number " + std::to_string(i);
    if (i == 400) person.display_name = "Ada Byr\u043Fn";
    if (i == 401) person.display_name = "Ada Byr\u043En";
    all.users.push_back(person);
  }
  domain::normalise(all);
  const auto judgement = judged(all, shipped_policy());
  const auto* finding = find_finding(judgement, "sp");
  REQUIRE(finding != nullptr);
  CHECK(find_signal(*finding, "D03")->reason.find("user u401") != std::string::npos);
  CHECK(find_finding(judgement, "sq") == nullptr);
}
