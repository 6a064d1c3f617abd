#include <fmt/format.h>

#include <charconv>
#include <sstream>

#include "lab/grants.hpp"
#include "lab/json_text.hpp"
#include "lab/operations.hpp"
#include "lab/seal.hpp"
#include "lab/service_principals.hpp"

// Delta queries: a first round over everything, then what changed since. A token lives seven days.
namespace clawback::lab {
namespace {

constexpr std::chrono::days token_life{7};

struct Kind {
  DeltaKind kind;
  std::string_view collection;
  std::string_view removed;  // a deleted service principal is only moved to the recycle bin
};
constexpr Kind grant_kind{DeltaKind::grant, "oauth2PermissionGrants", "deleted"};
constexpr Kind app_kind{DeltaKind::service_principal, "servicePrincipals", "changed"};

// Where a caller stands. What changes while a round goes on comes again in the next one.
struct Place {
  std::uint64_t since = 0;  // changes up to here are known
  std::uint64_t until = 0;  // where the round began, and the next one starts
  Time made{};
  bool later_round = false;
  std::string after{};  // id of the last object of the page before
};

std::string make_link(const Backend& backend, const Call& call, std::string_view token_name,
                      const Place& place) {
  const std::string text =
      fmt::format("{} {} {} {} {}", place.since, place.until, place.made.time_since_epoch().count(),
                  place.later_round ? 1 : 0, place.after);
  std::string out = call.origin + "/v1.0" + call.path + "?";
  if (call.query.select) out += "$select=" + encode_query_value(*call.query.select) + "&";
  return fmt::format("{}{}={}", out, token_name, seal(backend.seal_key, call.path, text));
}

Parsed<Place> read_place(const Backend& backend, const Call& call) {
  const auto& token = call.query.skip_token ? call.query.skip_token : call.query.delta_token;
  const std::uint64_t present = backend.store.mark();
  Place place{.since = present, .until = present, .made = call.now};
  if (!token) return place;
  if (*token == "latest") {
    place.later_round = true;
    return place;
  }
  const auto text = unseal(backend.seal_key, call.path, *token);
  Duration::rep made = 0;
  int later_round = 0;
  std::istringstream words(text.value_or(""));
  if (!text || !(words >> place.since >> place.until >> made >> later_round)) {
    return bad_request("The delta token is not valid.");
  }
  words >> place.after;
  place.made = Time(Duration(made));
  place.later_round = later_round == 1;
  if (call.now - place.made > token_life) {
    return refuse(410, "SyncStateNotFound", "The delta token is too old: start again.");
  }
  if (place.later_round && place.after.empty()) place.until = present;
  return place;
}

struct Objects {
  const Directory& shown;
  std::vector<std::string_view> select;
  bool append(const Kind& kind, std::string& out, const std::string& id) const {
    if (kind.kind == DeltaKind::grant) {
      const Grant* grant = shown.grant(id);
      if (grant != nullptr) append_grant(out, *grant, select);
      return grant != nullptr;
    }
    const ServicePrincipal* app = shown.app(id);
    if (app != nullptr) append_app(out, *app, select);
    return app != nullptr;
  }
};

void append_removed(std::string& out, const Kind& kind, const std::string& id) {
  out += "{\"id\":";
  append_quoted(out, id);
  out += fmt::format(R"(,"@removed":{{"reason":"{}"}}}})", kind.removed);
}

std::vector<std::string> ids_of_round(const Store& store, const Kind& kind, const Place& place) {
  if (place.later_round) return store.changed_since(kind.kind, place.since);
  std::vector<std::string> ids;
  const Tenant& tenant = store.shown().tenant();
  if (kind.kind == DeltaKind::grant) {
    for (const auto& [id, grant] : tenant.grants) ids.push_back(id);
  } else {
    for (const auto& [id, app] : tenant.service_principals) ids.push_back(id);
  }
  return ids;
}

Reply refused(const Call& call, const Refusal& refusal) {
  Reply reply = error_answer(call, refusal);
  if (reply.status == 410) {
    reply.headers.push_back({"Location", call.origin + "/v1.0" + call.path});
  }
  return reply;
}

struct Round {
  std::string items{};
  bool more = false;
  std::string last{};
};

Round fill_round(const Backend& backend, const Call& call, const Kind& kind, const Place& place,
                 std::size_t top) {
  Objects objects{backend.store.shown(), {}};
  if (call.query.select) objects.select = split_names(*call.query.select);
  Round round;
  std::size_t count = 0;
  bool skipping = !place.after.empty();
  for (const std::string& id : ids_of_round(backend.store, kind, place)) {
    if (skipping) {
      // The object that the page before ended with may be gone; the first round goes by order of
      // ids.
      skipping = place.later_round ? id != place.after : id < place.after;
      if (skipping || id == place.after) continue;
    }
    if (count == top) {
      round.more = true;
      break;
    }
    if (count++ > 0) round.items.push_back(',');
    if (!objects.append(kind, round.items, id)) append_removed(round.items, kind, id);
    round.last = id;
  }
  return round;
}

Reply serve(const Backend& backend, const Call& call, const Kind& kind) {
  auto place = read_place(backend, call);
  if (!place) return refused(call, place.error());
  Call plain = call;
  plain.query.skip_token.reset();
  const auto plan = plan_page(backend, plain, {.resource = kind.collection});
  if (!plan) return refused(call, plan.error());
  const Round round = fill_round(backend, call, kind, *place, plan->top);
  std::string body = "{\"@odata.context\":";
  append_quoted(body, context_url(call, kind.collection));
  if (round.more) {
    place->after = round.last;
    body += ",\"@odata.nextLink\":";
    append_quoted(body, make_link(backend, call, "$skiptoken", *place));
  } else {
    const Place next{.since = place->until, .made = call.now, .later_round = true};
    body += ",\"@odata.deltaLink\":";
    append_quoted(body, make_link(backend, call, "$deltatoken", next));
  }
  return json_answer(200, body + ",\"value\":[" + round.items + "]}");
}

}  // namespace

Reply delta_of_grants(Backend& backend, const Call& call) {
  return serve(backend, call, grant_kind);
}

Reply delta_of_apps(Backend& backend, const Call& call) { return serve(backend, call, app_kind); }

}  // namespace clawback::lab
