#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <set>

#include "base/digest.hpp"
#include "lab/json_text.hpp"
#include "lab/service.hpp"

namespace clawback::lab {
namespace {

constexpr std::size_t items_max = 20;

std::unexpected<Refusal> unusable(std::string message) {
  return refuse(400, "BadRequest", std::move(message));
}

std::string header_of(const json::value& item, std::string_view name) {
  const json::object* headers = object_at(item, "headers");
  if (headers == nullptr) return {};
  for (const auto& [key, value] : *headers) {
    if (to_lower(std::string_view(key)) == name && value.is_string()) {
      return std::string(value.get_string());
    }
  }
  return {};
}

// Relative and without a version; the leading slash may be missing.
void split_url(const std::string& url, Call& call) {
  const std::size_t question = url.find('?');
  call.path = url.substr(0, question);
  if (!call.path.starts_with('/')) call.path.insert(0, "/");
  if (question != std::string::npos) call.raw_query = url.substr(question + 1);
}

Parsed<BatchItem> read_item(const Call& envelope, const json::value& item) {
  const auto id = string_at(item, "id");
  const auto method = string_at(item, "method");
  const auto url = string_at(item, "url");
  if (!id || id->empty() || !method || !url || url->empty()) {
    return unusable("A batch item must have an id, a method and a url.");
  }
  BatchItem read{.id = *id, .call = envelope};
  read.call.method = *method;
  split_url(*url, read.call);
  if (to_lower(read.call.path) == "/$batch") return unusable("A batch can't contain a batch.");
  if (std::string own = header_of(item, "client-request-id"); is_guid(own)) {
    read.call.client_request_id = std::move(own);
  }
  read.call.content_type = header_of(item, "content-type");
  read.call.eventual = to_lower(header_of(item, "consistencylevel")) == "eventual";
  read.call.create_if_missing = to_lower(header_of(item, "prefer")).contains("create-if-missing");
  if (const json::value* body = member(item, "body"); body != nullptr && !body->is_null()) {
    if (read.call.content_type.empty()) {
      return unusable("Write request id : " + *id +
                      " does not contain Content-Type header or body.");
    }
    append_json(read.call.raw_body, *body);
  }
  if (const json::array* ids = array_at(item, "dependsOn")) {
    for (const json::value& other : *ids) {
      if (other.is_string()) read.depends_on.emplace_back(other.get_string());
    }
  }
  return read;
}

}  // namespace

Parsed<std::vector<BatchItem>> read_batch(const Call& envelope) {
  const json::array* requests = array_at(envelope.body, "requests");
  if (requests == nullptr || requests->empty()) {
    return unusable("Invalid batch payload format.");
  }
  if (requests->size() > items_max) {
    return unusable("Number of batch request steps exceeds the maximum value of 20.");
  }
  // What the items share with the envelope: who asks, when, and the ids.
  Call shared = envelope;
  shared.body = nullptr;
  shared.raw_body.clear();
  shared.raw_query.clear();
  std::vector<BatchItem> items;
  std::set<std::string> ids;
  for (const json::value& request : *requests) {
    auto item = read_item(shared, request);
    if (!item) return std::unexpected(item.error());
    if (!ids.insert(to_lower(item->id)).second) {
      return unusable("Request Id : " + item->id + " is not unique in the batch.");
    }
    for (const std::string& other : item->depends_on) {
      if (ids.contains(to_lower(other)) && to_lower(other) != to_lower(item->id)) continue;
      return unusable("Request Id : " + item->id +
                      " depends on a request that does not precede it.");
    }
    items.push_back(*std::move(item));
  }
  return items;
}

std::string batch_response(const std::string& id, const Reply& reply) {
  std::string out = "{\"id\":";
  append_quoted(out, id);
  out += ",\"status\":" + std::to_string(reply.status) + ",\"headers\":{";
  bool first = true;
  bool is_json = false;
  for (const http::Header& header : reply.headers) {
    if (header.name == "Content-Type") is_json = header.value.starts_with("application/json");
    if (!first) out.push_back(',');
    first = false;
    append_quoted(out, header.name);
    out.push_back(':');
    append_quoted(out, header.value);
  }
  out.push_back('}');
  if (!reply.body.empty()) {
    out += ",\"body\":";
    if (is_json) {
      out += reply.body;
    } else {
      append_quoted(out, reply.body);
    }
  }
  return out + "}";
}

}  // namespace clawback::lab
