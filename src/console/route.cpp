#include "console/route.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/safe_text.hpp"

namespace clawback::console {
namespace {

constexpr std::size_t target_max = 8u << 10u;
constexpr std::size_t id_max = 512;

struct Fixed {
  std::string_view path;
  Place place;
  bool posts = false;
};
constexpr std::array<Fixed, 12> fixed = {{{"/", Place::findings},
                                          {"/findings", Place::findings},
                                          {"/sign-in", Place::sign_in, true},
                                          {"/sign-out", Place::sign_out, true},
                                          {"/plans", Place::plans},
                                          {"/runs", Place::runs},
                                          {"/rules", Place::rules},
                                          {"/catalog", Place::catalog},
                                          {"/health", Place::health},
                                          {"/healthz", Place::healthz},
                                          {"/readyz", Place::readyz},
                                          {"/metrics", Place::metrics}}};

// "/FOLDER/ID" or "/FOLDER/ID/ACT"
struct Named {
  std::string_view folder;
  std::string_view act;
  Place place;
  bool posts = false;
};
constexpr std::array<Named, 8> named = {{{"cases", "", Place::one_case},
                                         {"plans", "", Place::plan},
                                         {"plans", "sign", Place::sign, true},
                                         {"plans", "confirm", Place::confirm, true},
                                         {"runs", "", Place::run},
                                         {"runs", "events", Place::events},
                                         {"runs", "undo", Place::undo, true},
                                         {"static", "", Place::asset}}};

// Where somebody may be led after a sign-in, besides the findings.
constexpr std::array<Place, 8> pages = {Place::one_case, Place::plans, Place::plan,
                                        Place::runs,     Place::run,   Place::rules,
                                        Place::catalog,  Place::health};

Route held_to(Route route, std::string_view method, bool posts) {
  const bool fits = posts ? method == "POST" : method == "GET" || method == "HEAD";
  if (fits) return route;
  return {.status = 405, .allow = posts ? "POST" : "GET, HEAD"};
}

// The answer of a sign-in comes to "/"; the state is what sets it apart.
bool has_state(std::string_view query) {
  return query.starts_with("state=") || query.find("&state=") != std::string_view::npos;
}

Route with_id(std::string_view method, std::string_view path, std::string query) {
  const std::size_t slash = path.find('/', 1);
  if (slash == std::string_view::npos) return {.status = 404};
  const std::string_view folder = path.substr(1, slash - 1);
  const std::string_view rest = path.substr(slash + 1);
  const std::size_t end = std::min(rest.find('/'), rest.size());
  const std::string_view act = end == rest.size() ? std::string_view() : rest.substr(end + 1);
  for (const Named& one : named) {
    if (one.folder != folder || one.act != act) continue;
    // "/plans/x/" is not "/plans/x".
    if (act.empty() && end != rest.size()) continue;
    auto id = percent_decode(rest.substr(0, end), false);
    if (!id || id->empty() || id->size() > id_max || valid_utf8(*id) != *id) {
      return {.status = 404};
    }
    return held_to({.place = one.place, .id = std::move(*id), .query = std::move(query)}, method,
                   one.posts);
  }
  return {.status = 404};
}

}  // namespace

std::string_view name_of(Place place) {
  constexpr std::array<std::string_view, places> names = {
      "findings", "back",    "sign-in", "sign-out", "case",   "plans",   "plan",
      "sign",     "confirm", "runs",    "run",      "events", "undo",    "rules",
      "catalog",  "health",  "asset",   "healthz",  "readyz", "metrics", "nowhere"};
  return names.at(static_cast<std::size_t>(place));
}

Route find_route(std::string_view method, std::string_view target) {
  const bool clean =
      std::ranges::all_of(target, [](char c) { return c > ' ' && c < '\x7f' && c != '#'; });
  const bool ours = clean && target.starts_with('/') && target.size() <= target_max;
  if (!ours) return {.status = 400};
  const std::size_t question = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, question);
  std::string query(target.substr(std::min(question + 1, target.size())));
  for (const Fixed& one : fixed) {
    if (one.path != path) continue;
    Route route{.place = one.place, .query = std::move(query)};
    if (path == "/" && has_state(route.query)) route.place = Place::back;
    return held_to(std::move(route), method, one.posts);
  }
  return with_id(method, path, std::move(query));
}

std::string page_at(std::string_view target) {
  const Route route = find_route("GET", target);
  if (std::ranges::find(pages, route.place) == pages.end()) return "/findings";
  for (const Fixed& one : fixed) {
    if (one.place == route.place) return std::string(one.path);
  }
  const auto* const one = std::ranges::find(named, route.place, &Named::place);
  return fmt::format("/{}/{}", one->folder, percent_encode(route.id));
}

}  // namespace clawback::console
