#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "domain/entities.hpp"

// The sheet for asking a person which applications are theirs. It must not tell anybody who reads
// it which one is in question, nor that one is: it is made of the person and all of the person's
// applications, and of nothing else.
namespace clawback::report {

struct AskSheet {
  struct Program {
    std::string name;
    std::string app_id;
  };
  domain::User person;
  std::string date;  // "2026-11-23"
  std::vector<Program> programs;
};

std::string sheet_text(const AskSheet& sheet);
std::string sheet_html(const AskSheet& sheet);  // for printing: one file, nothing is fetched
// clawback.ask/1
json::value sheets_json(const std::vector<AskSheet>& sheets);

}  // namespace clawback::report
