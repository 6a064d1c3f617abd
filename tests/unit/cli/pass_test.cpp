#include "cli/pass.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace clawback;
using namespace clawback::cli;

TEST_CASE("pass: of several exit codes the worst is the pass's") {
  const auto scanned = [](Pass& pass) { pass.scanned = pass.complete = true; };
  const auto unread = [](Pass& pass) { pass.scanned = true; };
  const auto error = [](Pass& pass, Errc code) {
    pass.errors.push_back(Error{.code = code, .message = "m"});
  };
  struct Case {
    std::string_view name;
    std::function<void(Pass&)> change;
    int code;
  };
  const Case cases[] = {
      {"nothing", scanned, 0},
      {"not everything was read", unread, 8},
      {"found, and not everything was read", [&](Pass& p) { unread(p), p.watch = 1; }, 3},
      {"a plan waits", [&](Pass& p) { scanned(p), p.waiting.emplace(); }, 3},
      {"a look without change", [&](Pass& p) { scanned(p), p.looks.emplace_back(); }, 0},
      {"a look with one",
       [&](Pass& p) {
         scanned(p);
         p.looks.push_back({.run = "r", .look = "1h", .changes = {remediate::Change{}}});
       },
       3},
      {"an emergency that nobody ratified",
       [&](Pass& p) { scanned(p), p.escalations.emplace_back(); }, 3},
      {"a partial run, and found",
       [&](Pass& p) { scanned(p), p.alert = 1, p.runs.push_back({.code = 7}); }, 7},
      {"a run that found another tenant",
       [&](Pass& p) { scanned(p), p.runs.push_back({.code = 6}); }, 7},
      {"a run without permission", [&](Pass& p) { scanned(p), p.runs.push_back({.code = 9}); }, 9},
      {"stopped, and partial",
       [&](Pass& p) { scanned(p), p.runs.push_back({.code = 7}), p.stopped.emplace_back("limit"); },
       5},
      {"could not sign in", [&](Pass& p) { error(p, Errc::unauthenticated); }, 9},
      {"unreadable, and found by the looks",
       [&](Pass& p) { error(p, Errc::unavailable), p.escalations.emplace_back(); }, 1},
      {"the audit chain is broken",
       [&](Pass& p) { error(p, Errc::audit), p.stopped.emplace_back("limit"); }, 12},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    Pass pass;
    c.change(pass);
    CHECK(code_of(pass) == c.code);
    CHECK(pass_json(pass).at("exit") == c.code);
  }
}

TEST_CASE("pass: a person is told what happened, and no text of others gets through unharmed") {
  Pass pass{.tenant = "t", .scanned = true};
  pass.looks.push_back({.run = "r", .look = "1h", .changes = {{.detail = "x\x1b[2Jy"}}});
  pass.stopped.emplace_back("a\nb");
  const std::string text = pass_text(pass, {.width = 80});
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("a\nb") == std::string::npos);
  CHECK(text.find("1h after run r: 1 change") != std::string::npos);
}
