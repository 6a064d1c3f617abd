#include "http/crowd.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace clawback::http;
using namespace std::chrono_literals;

namespace {

const std::chrono::steady_clock::time_point now{1h};
using Doing = Guest::Doing;

struct Case {
  std::string_view name;
  std::vector<Guest> guests;
  bool admitted;
  std::optional<std::size_t> instead_of;
};

Admission decide(const std::vector<Guest>& guests, const Crowd& crowd) {
  std::vector<const Guest*> all;
  for (const Guest& one : guests) all.push_back(&one);
  return admit(all, "new", crowd, now);
}

}  // namespace

TEST_CASE("crowd: who makes room where there are three already") {
  const Crowd crowd{.guests_max = 3, .per_address_max = 2};
  const Case cases[] = {
      {"there is room", {{"a", Doing::arriving, now - 9s}, {"b", Doing::arriving, now}}, true, {}},
      {"who left takes none",
       {{"a", Doing::leaving, now}, {"b", Doing::leaving, now}, {"c", Doing::answering, now}},
       true,
       {}},
      {"who never sent a whole request, the longest first",
       {{"a", Doing::reading, now - 9s},
        {"b", Doing::arriving, now - 2s},
        {"c", Doing::arriving, now - 3s}},
       true,
       2},
      {"then who does not take its answer",
       {{"a", Doing::reading, now - 9s},
        {"b", Doing::writing, now - 3s},
        {"c", Doing::answering, now - 8s}},
       true,
       1},
      {"an answer that just began is not stuck",
       {{"a", Doing::reading, now - 9s},
        {"b", Doing::writing, now - 1s},
        {"c", Doing::reading, now - 8s}},
       true,
       0},
      {"nobody who is being served goes",
       {{"a", Doing::answering, now - 9s},
        {"b", Doing::streaming, now - 9s},
        {"c", Doing::writing, now}},
       false,
       {}},
      {"an address makes room among its own",
       {{"a", Doing::arriving, now - 9s},
        {"new", Doing::reading, now - 1s},
        {"new", Doing::reading, now - 2s}},
       true,
       2},
      {"and where it has nobody to send away, it gets nothing",
       {{"a", Doing::arriving, now - 9s},
        {"new", Doing::answering, now - 1s},
        {"new", Doing::streaming, now - 2s}},
       false,
       {}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const Admission admission = decide(c.guests, crowd);
    CHECK(admission.admitted == c.admitted);
    CHECK(admission.instead_of == c.instead_of);
  }
}
