#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/safe_text.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan_file.hpp"
#include "cli/telling.hpp"

namespace clawback::cli {

Result<int> execute(const NotifyTestArguments&, const Context& context) {
  const auto config = require_config(context);
  if (!config) return config.error();
  if (config->notify_targets.empty()) {
    return Error{.code = Errc::invalid,
                 .message = fmt::format("{}: there is no [[notify]]: nobody would be told",
                                        printable(config->file.string())),
                 .hint = "docs/how-to/unattended.md shows how to add one"};
  }
  notify::Message message = new_message(*config, context);
  message.test = true;
  const auto store = open_store_if_there(*config);
  if (!store) return store.error();
  if (*store) {
    const auto head = (*store)->head();
    if (!head) return head.error();
    if (head->seq > 0) message.audit_head = journal::to_text(*head);
  }
  const auto deliveries = tell(*config, message, context);
  if (!deliveries) return deliveries.error();
  json::array list;
  std::string text;
  bool all = true;
  for (const notify::Delivery& delivery : *deliveries) {
    const bool sent = delivery.state == notify::Delivery::State::sent;
    all = all && sent;
    list.push_back(notify::to_json(delivery));
    text += fmt::format("{:<8} {}{}\n", name_of(delivery.state), delivery.target,
                        sent ? "" : ": " + printable(delivery.detail, 400));
  }
  context.console.result(
      json::object{{"schema", "clawback.deliveries/1"}, {"deliveries", std::move(list)}}, text);
  return all ? exit_code::done : exit_code::failed;
}

}  // namespace clawback::cli
