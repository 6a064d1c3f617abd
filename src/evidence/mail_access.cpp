#include "evidence/mail_access.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>

namespace clawback::evidence {
namespace {

constexpr std::uint64_t count_max = (std::uint64_t{1} << 53U) - 1;

auto day_of(Time time) { return std::chrono::floor<std::chrono::days>(time); }

auto names(const domain::MailAccess& one) {
  return std::tie(one.mailbox, one.client_app, one.app, one.ip_address, one.client_info);
}

bool key_less(const domain::MailAccess& a, const domain::MailAccess& b) {
  if (names(a) != names(b)) return names(a) < names(b);
  return day_of(a.first) < day_of(b.first);
}

// Everything that is not the key, so that the order of the input does not show.
auto rest(const domain::MailAccess& one) {
  return std::tie(one.first, one.last, one.items, one.syncs, one.throttled, one.user);
}

void add(std::uint64_t& to, std::uint64_t more) {
  to = std::min(count_max, std::min(to, count_max) + std::min(more, count_max));
}

void absorb(domain::MailAccess& to, const domain::MailAccess& one) {
  if (std::tie(one.first, one.id) < std::tie(to.first, to.id)) to.id = one.id;
  to.first = std::min(to.first, one.first);
  to.last = std::max(to.last, one.last);
  if (one.user && (!to.user || *one.user < *to.user)) to.user = one.user;
  add(to.records, one.records);
  add(to.items, one.items);
  add(to.syncs, one.syncs);
  to.throttled = to.throttled || one.throttled;
}

}  // namespace

std::vector<domain::MailAccess> merge_mail_accesses(std::vector<domain::MailAccess> rows) {
  using Row = domain::MailAccess;
  // Repeated ids: the row of most records first, it stays.
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    if (a.id != b.id) return a.id < b.id;
    if (a.records != b.records) return a.records > b.records;
    if (key_less(a, b) || key_less(b, a)) return key_less(a, b);
    return rest(a) < rest(b);
  });
  const auto repeated = [](const Row& a, const Row& b) {
    if (a.id != b.id) return false;
    return b.records == 1 || (!key_less(a, b) && !key_less(b, a));
  };
  rows.erase(std::unique(rows.begin(), rows.end(), repeated), rows.end());
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    if (key_less(a, b) || key_less(b, a)) return key_less(a, b);
    return std::tie(a.first, a.id) < std::tie(b.first, b.id);
  });
  std::vector<Row> merged;
  for (Row& row : rows) {
    if (!merged.empty() && !key_less(merged.back(), row)) {
      absorb(merged.back(), row);
    } else {
      merged.push_back(std::move(row));
    }
  }
  std::sort(merged.begin(), merged.end(), [](const Row& a, const Row& b) {
    if (std::tie(a.first, a.id, a.mailbox) != std::tie(b.first, b.id, b.mailbox)) {
      return std::tie(a.first, a.id, a.mailbox) < std::tie(b.first, b.id, b.mailbox);
    }
    return key_less(a, b);
  });
  return merged;
}

}  // namespace clawback::evidence
