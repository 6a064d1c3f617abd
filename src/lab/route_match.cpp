#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "lab/routes.hpp"

namespace clawback::lab {
namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    const std::size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash);
  }
  return segments;
}

// "servicePrincipals(appId='{appId}')" against "serviceprincipals(appId='…')", or a plain name.
bool match_segment(std::string_view pattern, const std::string& segment,
                   std::vector<std::string>& arguments) {
  const std::size_t open = pattern.find('{');
  if (open == std::string_view::npos) return to_lower(pattern) == to_lower(segment);
  const std::string_view before = pattern.substr(0, open);
  const std::string_view after = pattern.substr(pattern.find('}') + 1);
  if (segment.size() <= before.size() + after.size()) return false;
  if (to_lower(segment.substr(0, before.size())) != to_lower(before)) return false;
  if (!segment.ends_with(after)) return false;
  arguments.push_back(segment.substr(before.size(), segment.size() - before.size() - after.size()));
  return true;
}

bool match_path(std::string_view pattern, const std::vector<std::string>& path,
                std::vector<std::string>& arguments) {
  const auto wanted = segments_of(pattern);
  if (wanted.size() != path.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!match_segment(wanted[i], path[i], arguments)) return false;
  }
  return true;
}

std::vector<std::string> decoded_segments(std::string_view path) {
  std::vector<std::string> out;
  for (const std::string_view segment : segments_of(path)) {
    out.push_back(percent_decode(segment, false).value_or(std::string(segment)));
  }
  return out;
}

}  // namespace

Matched match_route(std::string_view version, std::string_view method, std::string_view path) {
  const std::vector<std::string> segments = decoded_segments(path);
  Matched matched;
  for (const Route& route : routes()) {
    if (route.version != version) continue;
    std::vector<std::string> arguments;
    if (!match_path(route.path, segments, arguments)) continue;
    if (route.method == method) return {.route = &route, .arguments = std::move(arguments)};
    matched.other_method = true;
  }
  return matched;
}

Refusal no_route(std::string_view method, std::string_view path, bool other_method) {
  const std::vector<std::string> segments = decoded_segments(path);
  const std::string first = segments.empty() ? std::string() : to_lower(segments.front());
  const bool nested = first == "users" || first == "serviceprincipals";
  const bool grant = segments.size() == 4 && to_lower(segments[2]) == "oauth2permissiongrants";
  if (method == "DELETE" && (first == "me" || (nested && grant))) {
    return {.code = "BadRequest",
            .message =
                "Write requests are only supported on contained entities or navigation "
                "properties with bindings."};
  }
  if (first == "me") {
    return {.code = "BadRequest",
            .message = "/me request is only valid with delegated authentication flow."};
  }
  if (other_method) {
    return {.status = 405,
            .message = "Specified HTTP method is not allowed for the request target."};
  }
  return {.code = "BadRequest",
          .message = "Resource not found for the segment '" +
                     (segments.empty() ? std::string() : segments.back()) + "'."};
}

}  // namespace clawback::lab
