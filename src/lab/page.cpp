#include "lab/page.hpp"

#include <charconv>

#include "base/digest.hpp"
#include "lab/json_text.hpp"
#include "lab/seal.hpp"

namespace clawback::lab {
namespace {

std::string purpose_of(const Call& call) { return "skip " + call.version + to_lower(call.path); }

Parsed<std::size_t> page_size(const Backend& backend, const Call& call, const PageRules& rules) {
  if (!call.query.top) {
    if (rules.top_default != 0) return rules.top_default;
    return static_cast<std::size_t>(std::max(1, backend.options.page_default));
  }
  const std::string& text = *call.query.top;
  std::size_t top = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), top);
  if (error != std::errc() || end != text.data() + text.size()) {
    return refuse(400, "BadRequest", "Invalid value '" + text + "' for $top query option found.");
  }
  if (top < 1 || top > rules.top_max) {
    return unsupported_query("Invalid page size specified: '" + text + "'. Must be between 1 and " +
                             std::to_string(rules.top_max) + " inclusive.");
  }
  return top;
}

std::optional<Refusal> check_options(const Call& call, const PageRules& rules) {
  const Query& query = call.query;
  if (query.expand) {
    return Refusal{.code = "Request_UnsupportedQuery",
                   .message = "Expanding is not supported for this collection."};
  }
  if (query.search) {
    return Refusal{.code = "Request_UnsupportedQuery",
                   .message = call.eventual ? "Searching is not supported for this collection."
                                            : "Request with $search query parameter only works "
                                              "with the header 'ConsistencyLevel: eventual'"};
  }
  if (query.order_by) {
    const std::string wanted = to_lower(*query.order_by);
    const std::string known = to_lower(rules.sortable);
    const bool fits = wanted == known || wanted == known + " asc" || wanted == known + " desc";
    if (known.empty() || !fits) {
      return Refusal{.code = "Request_UnsupportedQuery",
                     .message = "Sorting not supported for current query."};
    }
  }
  return std::nullopt;
}

std::optional<Refusal> read_skip_token(const Backend& backend, const Call& call, PagePlan& plan) {
  if (!call.query.skip_token) return std::nullopt;
  const std::string& token = *call.query.skip_token;
  auto text = unseal(backend.seal_key, purpose_of(call), token);
  // A token of its own may end like that too.
  if (!text && token.ends_with("_1")) {
    text = unseal(backend.seal_key, purpose_of(call), token.substr(0, token.size() - 2));
  }
  const std::size_t colon = text ? text->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    return Refusal{.code = "Directory_ExpiredPageToken",
                   .message =
                       "The specified page token value has expired and can no longer be "
                       "included in your request."};
  }
  std::from_chars(text->data(), text->data() + colon, plan.number);
  plan.after = text->substr(colon + 1);
  return std::nullopt;
}

std::string next_link(const Backend& backend, const Call& call, const PagePlan& plan,
                      const std::string& last) {
  const std::string& after = last.empty() ? plan.after : last;
  std::string token =
      seal(backend.seal_key, purpose_of(call), std::to_string(plan.number + 1) + ":" + after);
  const bool reports = to_lower(call.path).starts_with("/auditlogs/");
  if (reports) token += "_1";
  std::string link = call.origin + call.version;
  // The reports workload lower-cases the name of this collection in its links.
  link += to_lower(call.path) == "/auditlogs/signins" ? "/auditLogs/signins" : call.path;
  link.push_back('?');
  for (const auto& [name, value] : call.query.parameters) {
    if (name == "$skiptoken") continue;
    link += name + "=" + encode_query_value(value) + "&";
  }
  return link + "$skiptoken=" + token;
}

}  // namespace

std::vector<std::string_view> split_names(std::string_view list) {
  std::vector<std::string_view> names;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view name = list.substr(0, comma);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

Parsed<PagePlan> plan_page(const Backend& backend, const Call& call, const PageRules& rules) {
  if (auto refusal = check_options(call, rules)) return std::unexpected(*std::move(refusal));
  PagePlan plan;
  const auto top = page_size(backend, call, rules);
  if (!top) return std::unexpected(top.error());
  plan.top = *top;
  if (auto refusal = read_skip_token(backend, call, plan)) {
    return std::unexpected(*std::move(refusal));
  }
  // Without the header the option is silently ignored, and only the first page carries the count.
  const bool advanced = call.eventual && call.query.count == "true";
  plan.counted = advanced && plan.number == 1;
  const auto every = static_cast<std::size_t>(std::max(0, backend.options.empty_page_every));
  plan.empty = every > 1 && plan.number % every == 0;
  plan.ascending =
      call.query.order_by && to_lower(*call.query.order_by).find(" desc") == std::string::npos;
  if (call.query.select) plan.select = split_names(*call.query.select);
  if (call.query.filter && !call.query.filter->empty()) {
    auto filter = parse_filter(*call.query.filter);
    if (!filter) return std::unexpected(filter.error());
    if (auto refusal = check_filter(*filter, rules.filterable, rules.resource, advanced)) {
      return std::unexpected(*std::move(refusal));
    }
    plan.filter = *std::move(filter);
  }
  return plan;
}

Reply finish_page(const Backend& backend, const Call& call, const PagePlan& plan,
                  std::string_view context, const PageBody& page) {
  std::string body;
  body.reserve(page.items.size() + 512);
  body.push_back('{');
  if (!context.empty()) {
    std::string fragment(context);
    if (call.query.select) fragment += "(" + *call.query.select + ")";
    body += R"("@odata.context":)";
    append_quoted(body, context_url(call, fragment));
    body.push_back(',');
  }
  if (plan.counted) body += R"("@odata.count":)" + std::to_string(page.total) + ",";
  if (page.more) {
    body += R"("@odata.nextLink":)";
    append_quoted(body, next_link(backend, call, plan, page.last));
    body.push_back(',');
  }
  if (!call.query.select && !context.empty()) {
    body += R"("@microsoft.graph.tips":)";
    append_quoted(body, "Name the properties that you need with $select: it is faster.");
    body.push_back(',');
  }
  body += R"("value":[)";
  body += page.items;
  body += "]}";
  return json_answer(200, std::move(body));
}

}  // namespace clawback::lab
