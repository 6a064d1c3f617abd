#pragma once

#include "base/json.hpp"
#include "journal/event.hpp"

namespace clawback::journal {

// One journal record as it is stored: absent members are empty ones.
json::value to_json(const Event& event);
Result<Event> event_from(const json::value& value);

}  // namespace clawback::journal
