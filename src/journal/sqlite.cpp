#include <fmt/format.h>

#include <set>

#include "base/safe_text.hpp"
#include "journal/database.hpp"
#include "journal/event_json.hpp"
#include "journal/file_lease.hpp"
#include "journal/schema.hpp"
#include "journal/store.hpp"
#include "plan/count.hpp"

namespace clawback::journal {
namespace {

std::string lines(const std::vector<std::string>& envelopes) {
  std::string out;
  for (const std::string& envelope : envelopes) out += envelope + "\n";
  return out;
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end != 0) out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

// LIKE's wildcards in what a person typed are letters like any other.
std::string prefix_pattern(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + '%';
}

void add_reach(Store::Sent& sent, const plan::Plan& plan, const std::string& action_id) {
  for (const plan::Action& action : plan.actions) {
    if (action.id != action_id) continue;
    ++sent.actions;
    sent.apps.merge(plan::apps_of({action}));
    sent.users.merge(plan::users_of({action}));
  }
}

class SqliteStore final : public Store {
 public:
  SqliteStore(Database db, std::filesystem::path file)
      : db_(std::move(db)), file_(std::move(file)) {}

  Result<std::unique_ptr<Lease>> lease(const std::string& tenant) override {
    return take_file_lease(file_, tenant);
  }

  Result<void> start(const Run& run) override {
    const auto used =
        db_.query("SELECT id, started FROM run WHERE plan_digest = ?", {run.plan_digest});
    if (!used) return used.error();
    if (!used->empty()) return used_error(used->front());
    const auto put = db_.change(
        "INSERT INTO run (id, tenant, plan_digest, plan, undo_of, started, approvals) VALUES "
        "(?,?,?,?,?,?,?)",
        {run.id, run.tenant, run.plan_digest, run.plan_text, run.undo_of, format_time(run.started),
         lines(run.approvals)});
    if (!put && put.error().code == Errc::conflict) {
      return Error{.code = Errc::stale,
                   .message = "the plan was used by another run at this moment"};
    }
    if (!put) return put.error();
    return append(run.id, Event{.kind = EventKind::started, .time = run.started});
  }

  Result<void> append(const std::string& run, const Event& event) override {
    const auto put =
        db_.change("INSERT INTO event (run, kind, action, time, record) VALUES (?,?,?,?,?)",
                   {run, std::string(name_of(event.kind)), event.action, format_time(event.time),
                    canonical_json(to_json(event))});
    if (!put) return put.error();
    return {};
  }

  Result<Run> run(const std::string& id) override {
    const auto rows =
        db_.query(select_run + std::string(" WHERE id LIKE ? ESCAPE '\\' ORDER BY id LIMIT 2"),
                  {prefix_pattern(id)});
    if (!rows) return rows.error();
    if (rows->empty() || id.empty()) {
      return Error{.code = Errc::not_found,
                   .message = fmt::format("no run has the id {}", printable(id, 60)),
                   .hint = "`clawback runs` lists them"};
    }
    if (rows->size() > 1 && rows->front()[0] != id) {
      return Error{.code = Errc::invalid,
                   .message = fmt::format("more than one run begins with {}", printable(id, 60)),
                   .hint = "`clawback runs` lists them"};
    }
    return run_from(rows->front());
  }

  Result<std::vector<Event>> events(const std::string& run) override {
    const auto rows = db_.query("SELECT record FROM event WHERE run = ? ORDER BY seq", {run});
    if (!rows) return rows.error();
    std::vector<Event> out;
    for (const Database::Row& row : *rows) {
      const auto value = parse_json(row[0]);
      if (!value) return within("journal", value.error());
      auto event = event_from(*value);
      if (!event) return event.error();
      out.push_back(std::move(*event));
    }
    return out;
  }

  Result<std::vector<Run>> runs() override {
    const auto rows = db_.query(select_run + std::string(" ORDER BY started DESC, id"), {});
    if (!rows) return rows.error();
    std::vector<Run> out;
    for (const Database::Row& row : *rows) {
      auto run = run_from(row);
      if (!run) return run.error();
      out.push_back(std::move(*run));
    }
    return out;
  }

  Result<Sent> sent_since(const std::string& tenant, Time from) override {
    const auto runs = db_.query(
        "SELECT DISTINCT run.id, run.plan FROM event JOIN run ON run.id = event.run "
        "WHERE event.kind = 'intent' AND event.time >= ? AND run.tenant = ?",
        {format_time(from), tenant});
    if (!runs) return runs.error();
    Sent out;
    for (const Database::Row& run : *runs) {
      const auto sent = db_.query(
          "SELECT DISTINCT action FROM event WHERE run = ? AND kind = 'intent' AND time >= ?",
          {run[0], format_time(from)});
      if (!sent) return sent.error();
      const auto plan = plan::parse(run[1]);
      if (!plan) return within("journal: run " + run[0], plan.error());
      for (const Database::Row& row : *sent) add_reach(out, *plan, row[0]);
    }
    return out;
  }

  Result<void> reject(const std::string& plan_digest, const std::string& envelope) override {
    const auto put =
        db_.change("INSERT OR IGNORE INTO rejection (plan_digest, envelope) VALUES (?,?)",
                   {plan_digest, envelope});
    if (!put) return put.error();
    return {};
  }

  Result<std::vector<std::string>> rejections(const std::string& plan_digest) override {
    const auto rows = db_.query(
        "SELECT envelope FROM rejection WHERE plan_digest = ? ORDER BY envelope", {plan_digest});
    if (!rows) return rows.error();
    std::vector<std::string> out;
    for (const Database::Row& row : *rows) out.push_back(row[0]);
    return out;
  }

 private:
  static constexpr const char* select_run =
      "SELECT id, tenant, plan_digest, plan, undo_of, started, approvals FROM run";

  static Result<Run> run_from(const Database::Row& row) {
    const auto started = parse_time(row[5]);
    if (!started) return within("journal", started.error());
    return Run{.id = row[0],
               .tenant = row[1],
               .plan_digest = row[2],
               .plan_text = row[3],
               .undo_of = row[4],
               .started = *started,
               .approvals = split_lines(row[6])};
  }

  static Error used_error(const Database::Row& row) {
    return Error{
        .code = Errc::stale,
        .message = fmt::format("the plan was used by run {} on {}", row[0], row[1]),
        .hint = fmt::format("`clawback resume {}` goes on with it; else make a new plan", row[0]),
        .details = {{"run", row[0]}}};
  }

  Database db_;
  std::filesystem::path file_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(const std::filesystem::path& file) {
  auto db = Database::open(file);
  if (!db) return db.error();
  const auto made = migrate(*db);
  if (!made) return made.error();
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(std::move(*db), file));
}

}  // namespace clawback::journal
