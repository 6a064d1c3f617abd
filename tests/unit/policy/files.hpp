#pragma once

#include <string>

#include "policy/policy.hpp"

// A small policy that is right, for tests that make one thing wrong.
namespace clawback::policy::test {

inline std::string policy_text(const std::string& more = {}) {
  return "schema = 1\n[meta]\nid = \"t\"\n[catalog]\nfiles = [\"c.toml\"]\n" + more;
}

inline std::string catalog_text(const std::string& more = {}) { return "schema = 1\n" + more; }

inline std::string entry_text(const std::string& app_id,
                              const std::string& more = "sources = [\"s\"]") {
  return "[[app]]\nnames = [\"N\"]\napp_id = \"" + app_id +
         "\"\nkind = \"mailbox_exfil\"\ndisposition = \"alert\"\nconfidence = \"high\"\nwhy = "
         "\"w\"\n" +
         "reviewed = 2026-11-23\n" + more + "\n";
}

inline std::string rule_text(const std::string& head, const std::string& tests) {
  return "why = \"w\"\ngaps = \"g\"\n" + head + tests;
}

inline const std::string good_head =
    "mode = \"approve\"\nactions = [\"disable-app\"]\n[match]\nsignals_any = [\"D01\"]\n";
inline const std::string good_tests =
    "[[test]]\nname = \"a\"\ngiven = \"a.json\"\nplan = [\"disable-app sp\"]\n"
    "[[test]]\nname = \"b\"\ngiven = \"b.json\"\nplan = []\n";

inline std::string exception_text(const std::string& more) {
  return "[[exception]]\napp_id = \"e9a7fea1-1cc0-4cd9-a31b-9137ca5deedd\"\n" + more;
}

inline Files files() {
  return {.policy = {.path = "p/policy.toml", .text = policy_text()},
          .rules = {{.path = "p/rules/r.toml", .text = rule_text(good_head, good_tests)}},
          .exceptions = std::nullopt,
          .catalogs = {{.path = "p/c.toml", .text = catalog_text()}}};
}

}  // namespace clawback::policy::test
