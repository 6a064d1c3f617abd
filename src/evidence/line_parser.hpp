#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "base/json.hpp"

namespace clawback::evidence {

// Parses lines of logs one after the other into memory that it uses again. Of the outermost object
// it leaves out the long members that nothing in clawback reads (line_parser.cpp lists them); they
// must be JSON all the same.
class LineParser {
 public:
  LineParser();
  LineParser(const LineParser&) = delete;
  LineParser& operator=(const LineParser&) = delete;
  ~LineParser();

  // One JSON value with blanks around it, else nullptr. It lasts until the next call.
  const json::value* parse(std::string_view line);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace clawback::evidence
