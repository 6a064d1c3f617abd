#pragma once

#include <string>
#include <vector>

#include "detect/case.hpp"
#include "domain/finding.hpp"

namespace clawback::detect {

// The stable key of a case: "sha256:…" over tenant and app id. It is the same in every pass, so
// that an answer stays with its case.
std::string case_key(const domain::TenantId& tenant, const domain::AppId& app);
// The same, or over the service principal's id where the app id is not known.
std::string case_key(const Case& subject);

// What the people asked about this application have said, in the order of recording; `last` is set
// on the last answer of each person. One who was recorded by name only is the user of that name.
std::vector<domain::UserAnswer> answers_of(const Case& subject);

// "ada@contoso.example", or the id where the name is not known.
std::string who(const domain::UserAnswer& answer);

}  // namespace clawback::detect
