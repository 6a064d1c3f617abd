#include "lab/service.hpp"

#include <fmt/format.h>

#include <map>

#include "base/digest.hpp"
#include "lab/apps.hpp"
#include "lab/identities.hpp"
#include "lab/ids.hpp"
#include "lab/json_text.hpp"

namespace clawback::lab {
namespace {

constexpr std::size_t seen_max = 100'000;
constexpr std::size_t seen_body_max = 65'536;

Backend make_backend(const Options& options, Time now) {
  Options own = options;
  if (own.tenant.now == Time{}) own.tenant.now = now;
  Tenant tenant = make_tenant(own.tenant);
  install_identities(tenant, own);
  const auto audit = own.audit_latency.count() > 0 ? own.audit_latency : 2 * own.visibility;
  return {.options = own,
          .store = Store(std::move(tenant), {.visibility = own.visibility, .audit = audit}),
          .random = Random(own.tenant.seed ^ 0x5eed'0f'1abu),
          .seal_key = random_bytes(32)};
}

std::string header_or_empty(const http::Request& request, std::string_view name) {
  const std::string* value = http::find(request.headers, name);
  return value == nullptr ? std::string() : *value;
}

// Whatever the caller chose is echoed, unless it could break a header or a log.
std::string echoed(const std::string& chosen, const std::string& otherwise) {
  const auto good = [](char c) { return c > ' ' && c < '\x7f' && c != '"' && c != '\\'; };
  const bool usable = !chosen.empty() && chosen.size() <= 64 && std::ranges::all_of(chosen, good);
  return usable ? chosen : otherwise;
}

Seen seen_of(std::string_view operation, const Call& call, int status) {
  std::string path = operation.starts_with("sts_") ? call.path : call.version + call.path;
  if (!call.raw_query.empty()) path += "?" + call.raw_query;
  return {.operation = std::string(operation),
          .method = call.method,
          .path = std::move(path),
          .body = call.raw_body.substr(0, seen_body_max),
          .client_request_id = call.client_request_id,
          .status = status};
}

bool permitted(const Route& route, const Caller& caller) {
  if (route.permissions.empty()) return true;
  return std::ranges::any_of(route.permissions, [&](std::string_view permission) {
    return caller.roles.contains(std::string(permission));
  });
}

std::optional<Refusal> read_body(Call& call) {
  if (call.method == "GET" || call.method == "DELETE" || call.raw_body.empty()) return std::nullopt;
  auto body = parse_json(call.raw_body, {.depth = 32, .bytes = 4u << 20u});
  if (to_lower(call.content_type).starts_with("application/json") && body) {
    call.body = *std::move(body);
    return std::nullopt;
  }
  return Refusal{.code = "BadRequest",
                 .message =
                     "Unable to read JSON request payload. Please ensure Content-Type header "
                     "is set and payload is of valid JSON format."};
}

}  // namespace

Service::Service(const Options& options, const Keys& keys, std::function<Time()> now)
    : backend_(make_backend(options, now())),
      login_{.keys = keys,
             .read_secret =
                 options.read_secret.empty() ? base64url(random_bytes(30)) : options.read_secret},
      now_(std::move(now)),
      faults_(options.faults),
      throttle_(backend_.store.truth().tenant().users.size()) {
  set_origins({"https://localhost"});
}

void Service::set_origins(std::vector<std::string> origins) { login_.origins = std::move(origins); }

std::string Service::origin_of(const http::Request& request) const {
  const std::string asked = "https://" + to_lower(header_or_empty(request, "Host"));
  const auto found = std::ranges::find(login_.origins, asked);
  return found == login_.origins.end() ? login_.origins.front() : *found;
}

Reply Service::handle(const http::Request& request) {
  const std::string& target = request.target;
  const std::size_t question = target.find('?');
  Call call;
  call.now = now_();
  call.method = request.method;
  call.path = target.substr(0, question);
  if (question != std::string::npos) call.raw_query = target.substr(question + 1);
  call.origin = origin_of(request);
  call.request_id = backend_.random.guid();
  call.client_request_id = echoed(header_or_empty(request, "client-request-id"), call.request_id);
  backend_.store.settle(call.now);
  Reply reply;
  if (call.path.starts_with("/beta/")) call.version = "/beta";
  if (call.path.starts_with(call.version + "/")) {
    call.path.erase(0, call.version.size());
    reply = graph(request, call);
  } else {
    reply = login(request, call.path, call);
  }
  reply.headers.push_back({"request-id", call.request_id});
  reply.headers.push_back({"client-request-id", call.client_request_id});
  reply.delay += backend_.options.latency;
  return reply;
}

Reply Service::graph(const http::Request& request, Call call) {
  call.raw_body = request.body;
  call.content_type = header_or_empty(request, "Content-Type");
  call.eventual = to_lower(header_or_empty(request, "ConsistencyLevel")) == "eventual";
  call.create_if_missing =
      to_lower(header_or_empty(request, "Prefer")).contains("create-if-missing");
  const auto caller =
      authenticate(backend_, login_, http::find(request.headers, "Authorization"), call.now);
  return operate(std::move(call), caller);
}

Reply Service::operate(Call call, const Parsed<Caller>& caller) {
  Matched matched = match_route(call.version, call.method, call.path);
  const std::string_view operation = matched.route == nullptr ? "" : matched.route->id;
  if (witness_) witness_(backend_.store, seen_of(operation, call, 0), nullptr);
  const auto fault = faults_.next(operation);
  Reply reply;
  if (fault && instead_of_operation(*fault)) {
    reply = fault_answer(call, *fault);
  } else if (!caller) {
    reply = error_answer(call, caller.error());
  } else {
    call.caller = *caller;
    reply = perform(matched, call);
  }
  if (fault) spoil(reply, *fault);
  remember(operation, call, reply);
  return reply;
}

Reply Service::perform(const Matched& matched, Call& call) {
  if (matched.route == nullptr) {
    return error_answer(call, no_route(call.method, call.path, matched.other_method));
  }
  const Route& route = *matched.route;
  auto query = parse_query(call.raw_query);
  if (!query) return error_answer(call, query.error());
  call.query = *std::move(query);
  call.arguments = matched.arguments;
  for (std::string& argument : call.arguments) {
    if (is_guid(argument)) argument = to_lower(argument);
  }
  if (auto denied = throttled(route, call)) return *std::move(denied);
  // Whether the object exists is nobody's business without the permission.
  if (!permitted(route, call.caller)) {
    return error_answer(call, {.status = 403,
                               .code = "Authorization_RequestDenied",
                               .message = "Insufficient privileges to complete the operation."});
  }
  if (const auto refusal = read_body(call)) return error_answer(call, *refusal);
  if (route.handler == nullptr) return batch(call);
  Reply reply = route.handler(backend_, call);
  reply.headers.push_back({"Cache-Control", "no-cache"});
  if (route.bucket == Bucket::identity) {
    reply.headers.push_back(
        {"x-ms-resource-unit", fmt::format("{:.0f}", resource_units(route, call.query))});
    const double usage = backend_.options.throttle ? throttle_.usage(call.caller.app_id) : 0;
    if (usage > 0.8) {
      reply.headers.push_back({"x-ms-throttle-limit-percentage", fmt::format("{:.1f}", usage)});
    }
  }
  return reply;
}

std::optional<Reply> Service::throttled(const Route& route, const Call& call) {
  if (!backend_.options.throttle || route.handler == nullptr) return std::nullopt;
  const bool write = call.method != "GET";
  const auto denied = throttle_.take(
      call.caller.app_id,
      {.bucket = route.bucket, .units = resource_units(route, call.query), .write = write},
      call.now);
  if (!denied) return std::nullopt;
  Reply reply = error_answer(
      call, {.status = 429, .code = "TooManyRequests", .message = "Please retry again later."});
  if (!denied->retry_after.empty()) {
    reply.headers.push_back({"Retry-After", denied->retry_after});
  }
  reply.headers.push_back({"x-ms-throttle-information", denied->reason});
  reply.headers.push_back(
      {"x-ms-throttle-scope", fmt::format("Tenant_Application/{}/{}/{}", write ? "Write" : "Read",
                                          call.caller.app_id, tenant().id)});
  return reply;
}

Reply Service::batch(const Call& call) {
  const auto items = read_batch(call);
  if (!items) return error_answer(call, items.error());
  std::map<std::string, Reply> done;
  Reply envelope;
  bool cut = false;  // an answer that is cut inside an envelope cuts the envelope
  std::vector<std::string> texts;
  for (const BatchItem& item : *items) {
    const bool blocked = std::ranges::any_of(item.depends_on, [&](const std::string& other) {
      return done.at(to_lower(other)).status >= 400;
    });
    Reply reply =
        blocked ? error_answer(item.call, {.status = 424,
                                           .code = "FailedDependency",
                                           .message = "A request this one depends on failed."})
                : operate(item.call, item.call.caller);
    envelope.delay = std::max(envelope.delay, reply.delay);
    envelope.reset = envelope.reset || reply.reset;
    cut = cut || reply.cut_after.has_value();
    // Answers come back in another order than the requests.
    texts.insert(texts.begin(), batch_response(item.id, reply));
    done.emplace(to_lower(item.id), std::move(reply));
  }
  std::string body = "{\"responses\":[";
  for (std::size_t i = 0; i < texts.size(); ++i) body += (i == 0 ? "" : ",") + texts[i];
  Reply reply = json_answer(200, body + "]}");
  reply.delay = envelope.delay;
  reply.reset = envelope.reset;
  if (cut) reply.cut_after = reply.body.size() / 2;
  return reply;
}

void Service::remember(std::string_view operation, const Call& call, const Reply& reply) {
  Seen seen = seen_of(operation, call, reply.reset ? 0 : reply.status);
  if (witness_) witness_(backend_.store, seen, &reply);
  if (seen_.size() < seen_max) seen_.push_back(std::move(seen));
}

}  // namespace clawback::lab
