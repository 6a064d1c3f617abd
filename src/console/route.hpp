#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace clawback::console {

// What a request is for. One word each, also in logs and metrics.
enum class Place : std::uint8_t {
  findings,
  back,  // from Entra: "/" with a state
  sign_in,
  sign_out,
  one_case,
  plans,
  plan,
  sign,
  confirm,
  runs,
  run,
  events,
  undo,
  rules,
  catalog,
  health,
  asset,
  healthz,
  readyz,
  metrics,
  nowhere,  // also for what never became a request
};
inline constexpr std::size_t places = 21;
std::string_view name_of(Place place);  // "one-case"

struct Route {
  Place place = Place::nowhere;
  int status = 200;   // 400, 404, 405: why there is no place
  std::string id;     // of the case, plan, run or file
  std::string query;  // as it came
  std::string allow;  // with 405
};

// Pure. `target` as it came. An id is decoded and bounded; a path that is not written the one way
// we write it leads nowhere.
Route find_route(std::string_view method, std::string_view target);
// The address of the page that `target` asks for, made anew: nothing of the text but an id is in
// it. "/findings" for what is no page.
std::string page_at(std::string_view target);

}  // namespace clawback::console
