#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "evidence/begin.hpp"
#include "evidence/countries.hpp"
#include "evidence/json_masks.hpp"
#include "evidence/relevance.hpp"

// Which lines of a log have to be parsed, told from their bytes.
//
// A line is left out only when its bytes prove what a parser would find: the filter follows the
// quotes and brackets of the line and reads the members of the outermost object by name. So a name
// or value inside a string, or deeper in the record, is never taken for one of the record itself,
// and order and white space do not matter. Whatever it can't read as it stands, because a backslash
// is in it or because it is spelled in another way than the logs do, makes the line pass: then the
// parser decides.
//
// As soon as the members so far tell that a line concerns no case, the filter goes on to the line's
// end. Of what it does not look at it knows only that no second value follows the record, and that
// the line ends in a brace. So a line left out need not be flawless JSON; and a record is judged by
// what it says first, where a parser would go by the last of two members of one name. No exporter
// writes one twice, and who can change an export can as well leave the line out.
namespace clawback::evidence {

struct Line {
  std::string_view text;  // without its line end
  std::uint32_t number = 1;
};

struct Filtered {
  Begin earliest;  // of the records left out
  std::vector<Line> to_parse;
  std::uint32_t lines = 0;     // line ends, and a last line without one
  std::uint32_t audits = 0;    // left out: an activity that concerns no case
  std::uint32_t sign_ins = 0;  // left out: to an application of Microsoft's
};

class LineFilter {
 public:
  explicit LineFilter(const MicrosoftApps& microsoft) : microsoft_(microsoft) {}

  // `block` begins at the beginning of a line and is followed by `chunk_bytes` bytes that can be
  // read. The lines in the answer point into it. User, country and time of sign-ins that are left
  // out go into `countries`.
  Filtered filter(std::string_view block, Countries& countries);

 private:
  const MicrosoftApps& microsoft_;
};

}  // namespace clawback::evidence
