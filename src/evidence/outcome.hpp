#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "domain/snapshot.hpp"

namespace clawback::evidence {

// How reading one source, or a part of it, went.
struct Outcome {
  std::optional<Error> error;
  std::size_t unusable = 0;  // records that were left out
  std::string first_unusable;
  std::optional<std::string> gap;  // something that was not asked for, and why
};

// Parts of one source together: the first error, all gaps.
Outcome operator+(Outcome a, const Outcome& b);

// `read` only if nothing at all is missing. A source that was refused is `denied` as long as it
// gave no record; the reason then names the permission or licence.
domain::Source to_source(std::string_view name, const Outcome& outcome, std::size_t records);

// The service answered, and said no.
bool is_refusal(const Error& error);
// No token could be had: nothing can be read at all.
bool is_sign_in_failure(const Error& error);
// The service did not answer, whatever was asked.
bool is_out_of_reach(const Error& error);

}  // namespace clawback::evidence
