#include "evidence/keeper.hpp"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "domain/permissions.hpp"
#include "evidence/document.hpp"

namespace clawback::evidence {
namespace {

// Records of one group of mailbox reads that are counted; the group's times are of all of them.
constexpr std::size_t reads_max = 10'000;

// Parts of a key, told apart by a byte that no JSON string can hold raw in an id.
std::string key_of(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size() + 1;
  std::string out;
  out.reserve(size);
  for (const std::string_view part : parts) {
    out += part;
    out += '\0';
  }
  return out;
}

std::string_view view(const std::optional<std::string>& text) {
  return text ? std::string_view(*text) : std::string_view("\x01", 1);
}
template <class Tag>
std::string_view view(const std::optional<Id<Tag>>& id) {
  return id ? std::string_view(id->str()) : std::string_view("\x01", 1);
}

std::string day_of(Time time) {
  return std::to_string(std::chrono::floor<std::chrono::days>(time).time_since_epoch().count());
}

// Short strings are within the object.
std::size_t heap(const std::string& text) { return text.size() < 16 ? 0 : text.size() + 16; }
std::size_t heap(const std::optional<std::string>& text) { return text ? heap(*text) : 0; }
template <class Tag>
std::size_t heap(const Id<Tag>& id) {
  return heap(id.str());
}
template <class Tag>
std::size_t heap(const std::optional<Id<Tag>>& id) {
  return id ? heap(*id) : 0;
}
template <class... Parts>
std::size_t heaps(const Parts&... parts) {
  return (heap(parts) + ...);
}

std::size_t size_of(const domain::AuditEvent& one) {
  std::size_t sum =
      sizeof one + heaps(one.id, one.activity, one.reason, one.correlation_id, one.actor_user,
                         one.actor_user_principal_name, one.actor_display_name, one.actor_app,
                         one.actor_app_name, one.ip_address, one.app_id);
  for (const auto& target : one.targets) {
    sum += sizeof target + heaps(target.id, target.type, target.display_name);
    for (const auto& property : target.properties) {
      sum += sizeof property + heaps(property.name, property.old_value, property.new_value);
    }
  }
  return sum;
}

std::size_t size_of(const domain::SignIn& one) {
  return sizeof one + heaps(one.id, one.app_id, one.user, one.user_principal_name, one.app_name,
                            one.ip_address, one.client_app_used, one.country, one.city,
                            one.resource, one.risk_level, one.risk_state, one.user_agent,
                            one.protocol, one.app_owner);
}

std::size_t size_of(const domain::MailboxChange& one) {
  std::size_t sum = sizeof one + heaps(one.id, one.operation, one.user, one.mailbox, one.client_app,
                                       one.ip_address, one.rule_name);
  for (const std::string& recipient : one.recipients) sum += sizeof(std::string) + heap(recipient);
  return sum;
}

std::size_t size_of(const domain::MailAccess& one) {
  return sizeof one + heaps(one.id, one.user, one.mailbox, one.client_app, one.app, one.ip_address,
                            one.client_info);
}

template <class Record>
bool earlier(const Record& a, const Record& b) {
  if (a.time != b.time || a.id != b.id) return std::tie(a.time, a.id) < std::tie(b.time, b.id);
  return !(a == b) && compact_json(print(a)) < compact_json(print(b));
}

bool earlier(const domain::MailboxChange& a, const domain::MailboxChange& b) {
  const auto fields = [](const domain::MailboxChange& one) {
    return std::tie(one.time, one.id, one.kind, one.operation, one.user, one.mailbox,
                    one.client_app, one.ip_address, one.rule_name, one.forwards, one.hides,
                    one.recipients);
  };
  return fields(a) < fields(b);
}

}  // namespace

template <class Record>
void Keeper::First<Record>::add(First&& other) {
  size = std::max(size, other.size);
  if (earlier(other.record, record)) record = std::move(other.record);
}

void Keeper::Stay::add(Stay&& other) {
  row.first = std::min(row.first, other.row.first);
  row.last = std::max(row.last, other.row.last);
}

void Keeper::Reads::count(std::uint64_t hash, const One& one) {
  if (hash > hash_max) return;
  One& known = records[hash];
  known.items = std::max(known.items, one.items);
  known.syncs = std::max(known.syncs, one.syncs);
  if (records.size() < 2 * reads_max) return;
  std::vector<std::uint64_t> hashes;
  hashes.reserve(records.size());
  for (const auto& entry : records) hashes.push_back(entry.first);
  std::nth_element(hashes.begin(), hashes.begin() + reads_max, hashes.end());
  hash_max = hashes[reads_max];
  boost::unordered::erase_if(records, [&](const auto& entry) { return entry.first > hash_max; });
}

void Keeper::Reads::add(Reads&& other) {
  if (std::tie(other.all.first, other.all.id) < std::tie(all.first, all.id)) {
    all.id = std::move(other.all.id);
    all.first = other.all.first;
  }
  all.last = std::max(all.last, other.all.last);
  all.user = std::max(all.user, other.all.user);
  all.throttled = all.throttled || other.all.throttled;
  hash_max = std::min(hash_max, other.hash_max);
  boost::unordered::erase_if(records, [&](const auto& entry) { return entry.first > hash_max; });
  for (const auto& [hash, one] : other.records) count(hash, one);
  size = std::max(
      {size, other.size, size_of(all) + sizeof(Reads) + 40 * std::min(records.size(), reads_max)});
}

// Writes into `all` what was counted. True: there was more.
bool Keeper::Reads::put_records() {
  std::vector<std::pair<std::uint64_t, One>> counted(records.begin(), records.end());
  const bool more = counted.size() > reads_max;
  if (more) {
    std::nth_element(counted.begin(), counted.begin() + reads_max, counted.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    counted.resize(reads_max);
  }
  all.records = counted.size();
  all.items = all.syncs = 0;
  for (const auto& [hash, one] : counted) {
    all.items += one.items;
    all.syncs += one.syncs;
  }
  return more || hash_max != UINT64_MAX;
}

Keeper::Keeper(const MicrosoftApps& microsoft, const KeepLimits& limits)
    : microsoft_(microsoft),
      audits_(limits.audits),
      sign_ins_(limits.sign_ins),
      stays_(limits.user_countries),
      reads_(limits.mail_accesses),
      changes_(limits.mailbox_changes) {}

void Keeper::take(domain::Snapshot& from, Countries* countries) {
  for (domain::AuditEvent& event : from.audits) {
    if (!is_relevant_activity(event.activity)) continue;
    const std::size_t size = size_of(event);
    std::string id = event.id.str();
    audits_.add(std::move(id), {.record = std::move(event), .size = size});
  }
  for (domain::SignIn& sign_in : from.sign_ins) take_sign_in(std::move(sign_in), countries);
  for (domain::MailAccess& access : from.mail_accesses) take_access(std::move(access));
  for (domain::MailboxChange& change : from.mailbox_changes) {
    const std::size_t size = size_of(change);
    std::string id = change.id.str();
    changes_.add(std::move(id), {.record = std::move(change), .size = size});
  }
  take(std::move(from.user_countries));
  from.audits.clear();
  from.sign_ins.clear();
  from.mail_accesses.clear();
  from.mailbox_changes.clear();
  from.user_countries.clear();
}

void Keeper::take(std::vector<domain::UserCountry> rows) {
  for (domain::UserCountry& row : rows) {
    std::string key = key_of({row.user.str(), row.country});
    stays_.add(std::move(key), {.row = std::move(row)});
  }
}

void Keeper::take_sign_in(domain::SignIn&& sign_in, Countries* countries) {
  const bool of_usual = sign_in.error_code == 0 && sign_in.country && !sign_in.country->empty();
  const bool added = of_usual && countries != nullptr &&
                     countries->add(sign_in.user.str(), *sign_in.country, sign_in.time);
  if (of_usual && !added) {
    stays_.add(key_of({sign_in.user.str(), *sign_in.country}), {.row = {.user = sign_in.user,
                                                                        .country = *sign_in.country,
                                                                        .first = sign_in.time,
                                                                        .last = sign_in.time}});
  }
  const bool microsoft = microsoft_.contains(sign_in.app_id) ||
                         (sign_in.app_owner && domain::is_microsoft_tenant(*sign_in.app_owner));
  if (microsoft) return;
  std::string key =
      key_of({sign_in.user.str(), sign_in.app_id.str(), view(sign_in.ip_address),
              day_of(sign_in.time), sign_in.error_code == 0 ? "1" : "0",
              view(sign_in.client_app_used), view(sign_in.protocol), view(sign_in.user_agent)});
  const std::size_t size = size_of(sign_in);
  sign_ins_.add(std::move(key), {.record = std::move(sign_in), .size = size});
}

void Keeper::take_access(domain::MailAccess&& access) {
  if (!access.client_app || microsoft_.contains(*access.client_app)) return;
  std::string key =
      key_of({access.mailbox, view(access.client_app), view(access.app), view(access.ip_address),
              view(access.client_info), day_of(access.first)});
  Reads reads;
  reads.count(std::hash<std::string>{}(access.id.str()),
              {.items = access.items, .syncs = access.syncs});
  reads.size = size_of(access) + sizeof(Reads) + 40;
  reads.all = std::move(access);
  reads_.add(std::move(key), std::move(reads));
}

void Keeper::merge(Keeper& other) {
  audits_.merge(other.audits_);
  sign_ins_.merge(other.sign_ins_);
  stays_.merge(other.stays_);
  reads_.merge(other.reads_);
  changes_.merge(other.changes_);
}

std::size_t Keeper::bytes() const {
  return audits_.bytes() + sign_ins_.bytes() + stays_.bytes() + reads_.bytes() + changes_.bytes();
}

std::vector<std::string> Keeper::put_into(domain::Snapshot& to) {
  std::vector<std::string> more;
  const auto note = [&more](bool left_out, std::string_view source) {
    if (left_out) more.emplace_back(source);
  };
  to.audits.reserve(to.audits.size() + audits_.size());
  to.sign_ins.reserve(to.sign_ins.size() + sign_ins_.size());
  to.user_countries.reserve(to.user_countries.size() + stays_.size());
  const bool more_audits =
      audits_.take([&](auto&& one) { to.audits.push_back(std::move(one.record)); });
  note(more_audits, domain::source::audits);
  const bool more_sign_ins =
      sign_ins_.take([&](auto&& one) { to.sign_ins.push_back(std::move(one.record)); });
  const bool more_stays =
      stays_.take([&](Stay&& one) { to.user_countries.push_back(std::move(one.row)); });
  note(more_sign_ins || more_stays, domain::source::sign_ins);
  bool cut = false;
  const bool more_reads = reads_.take([&](Reads&& group) {
    cut = group.put_records() || cut;
    to.mail_accesses.push_back(std::move(group.all));
  });
  note(more_reads || cut, domain::source::mail_accesses);
  const bool more_changes =
      changes_.take([&](auto&& one) { to.mailbox_changes.push_back(std::move(one.record)); });
  note(more_changes, domain::source::mailbox_changes);
  return more;
}

}  // namespace clawback::evidence
