#include "graph/page.hpp"

#include "graph/next_link.hpp"

namespace clawback::graph {
namespace {

constexpr std::size_t buffer_max = 32u << 20u;

json::parse_options options() {
  json::parse_options options;
  options.max_depth = 32;
  return options;
}

Error unusable(std::string what) {
  return Error{.code = Errc::protocol,
               .message = "unusable page: " + std::move(what),
               .hint = {},
               .position = std::nullopt,
               .details = {}};
}

}  // namespace

PageParser::PageParser() : parser_({}, options()) {}

Result<void> PageParser::fill(std::string_view body) {
  value_.reset();
  memory_.reset();
  // Measured: the parsed page of small objects takes about three times the text.
  const std::size_t wanted = std::min(body.size() * 4, buffer_max);
  if (buffer_.size() < wanted) buffer_.resize(wanted);
  memory_.emplace(buffer_.data(), buffer_.size());
  parser_.reset(&*memory_);
  boost::system::error_code ec;
  parser_.write(body.data(), body.size(), ec);
  if (ec) return unusable("not JSON or cut off: " + ec.message());
  value_.emplace(parser_.release());
  return {};
}

Result<Page> PageParser::parse(std::string_view body) {
  const auto filled = fill(body);
  if (!filled) return filled.error();
  const json::object* object = value_->if_object();
  if (object == nullptr) return unusable("not an object");
  Page page{.records = array_at(*value_, "value"),
            .next_link = string_at(*value_, "@odata.nextLink")};
  if (page.records == nullptr) return unusable("without an array \"value\"");
  if (!page.next_link && member(*value_, "@odata.nextLink") != nullptr) {
    return unusable("\"@odata.nextLink\" is not a string");
  }
  const EarlyLink early = find_next_link(body);
  if (early.state == EarlyLink::State::found && page.next_link != early.link) {
    return unusable("it has two different links to the next page");
  }
  return page;
}

}  // namespace clawback::graph
