#include "notify/compose.hpp"

#include <doctest/doctest.h>

#include "messages.hpp"

using namespace clawback;
using namespace clawback::notify;
using namespace clawback::notify::test;

TEST_CASE("notify: no text of a message names a person's address") {
  struct Case {
    std::string text;
    std::string told;
  };
  const std::vector<Case> cases = {
      {"", ""},
      {"nothing to hide: a b/c (d)", "nothing to hide: a b/c (d)"},
      {"ada@contoso.example", "(address)"},
      {"reading ada@contoso.example: 403", "reading (address) 403"},
      {"GET /v1.0/users/ada@contoso.example/mailFolders", "GET /v1.0/users/(address)/mailFolders"},
      {"GET /v1.0/users/ada%40contoso.example?$select=id", "GET /v1.0/users/(address)?$select=id"},
      {"Resource 'o'brien@contoso.example' does not exist", "Resource (address) does not exist"},
      {"guest eve_mail.test#EXT#@contoso.example.", "guest (address)"},
      {"<ada@contoso.example>, \"bo@contoso.example\"", "<(address)>, \"(address)\""},
      {"mail=ada@contoso.example&x", "mail=(address)&x"},
      {"@", "(address)"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    Message message = full();
    message.errors = {c.text};
    message.found[0].display_name = c.text;
    message.followup[0].display_name = c.text;
    message.followup[0].object_id = c.text;
    message.followup[0].detail = c.text;
    message = without_addresses(std::move(message));
    CHECK(message.errors == std::vector<std::string>{c.told});
    CHECK(message.found[0].display_name == c.told);
    CHECK(message.followup[0].display_name == c.told);
    CHECK(message.followup[0].object_id == c.told);
    CHECK(message.followup[0].detail == c.told);
  }
  CHECK(without_addresses(full()) == full());
}
