#include "domain/snapshot.hpp"

#include <algorithm>
#include <tuple>

#include "domain/repeated.hpp"

namespace clawback::domain {

std::string_view name_of(SourceState state) {
  switch (state) {
    case SourceState::read:
      return "read";
    case SourceState::denied:
      return "denied";
    case SourceState::partial:
      return "partial";
    case SourceState::absent:
      return "absent";
  }
  return "absent";
}

const Source* find(const Coverage& coverage, std::string_view name) {
  const auto found = std::find_if(coverage.sources.begin(), coverage.sources.end(),
                                  [&](const Source& source) { return source.name == name; });
  return found != coverage.sources.end() ? &*found : nullptr;
}

bool was_read(const Coverage& coverage, std::string_view name) {
  const Source* found = find(coverage, name);
  return found != nullptr && found->state == SourceState::read;
}

namespace {

// The order of the names in `source`, so that coverage prints alike however it was filled.
std::size_t rank(std::string_view name) {
  constexpr std::string_view order[] = {source::service_principals,
                                        source::grants,
                                        source::app_roles,
                                        source::users,
                                        source::audits,
                                        source::sign_ins,
                                        source::authorization_policy,
                                        source::permission_grant_policies,
                                        source::mail_accesses,
                                        source::mailbox_changes,
                                        source::app_activities,
                                        source::organization_config,
                                        source::assignments,
                                        source::inbox_rules,
                                        source::admin_consent_request_policy,
                                        source::conditional_access_policies};
  const auto* found = std::find(std::begin(order), std::end(order), name);
  return static_cast<std::size_t>(found - std::begin(order));
}

// One record of each id: `join` adds what a repeated one says to the first.
template <class Record, class Join>
void sort_united(std::vector<Record>& records, Join join) {
  const auto less = [](const Record& a, const Record& b) { return a.id < b.id; };
  if (!std::is_sorted(records.begin(), records.end(), less)) {
    std::sort(records.begin(), records.end(), less);
  }
  const auto same = [](const Record& a, const Record& b) { return a.id == b.id; };
  auto last = std::adjacent_find(records.begin(), records.end(), same);
  if (last == records.end()) return;
  for (auto next = std::next(last); next != records.end(); ++next) {
    if (same(*last, *next)) {
      join(*last, *next);
    } else {
      *++last = std::move(*next);
    }
  }
  records.erase(std::next(last), records.end());
}

// Which of several with one id stays, whatever their order was: the origin that comes first, the
// sign-in that says more (beta), then the earlier one.
bool stays_before(const AuditEvent& a, const AuditEvent& b) {
  return std::tie(a.origin, a.time) < std::tie(b.origin, b.time);
}
bool stays_before(const SignIn& a, const SignIn& b) {
  const auto lacks = [](const SignIn& one) {
    return std::tuple(!one.user_agent, !one.protocol, !one.as_number, !one.country, one.time);
  };
  return lacks(a) < lacks(b);
}
bool stays_before(const MailboxChange& a, const MailboxChange& b) { return a.time < b.time; }

// Events are ordered by time, but a repeated record may come with another time: ids decide first.
template <class Event>
void sort_events(std::vector<Event>& events) {
  // An event is long: each is moved once.
  std::vector<Event*> order;
  order.reserve(events.size());
  for (Event& event : events) order.push_back(&event);
  std::sort(order.begin(), order.end(), [](const Event* a, const Event* b) {
    return a->id != b->id ? a->id < b->id : stays_before(*a, *b);
  });
  const auto same = [](const Event* a, const Event* b) { return a->id == b->id; };
  order.erase(std::unique(order.begin(), order.end(), same), order.end());
  std::sort(order.begin(), order.end(), [](const Event* a, const Event* b) {
    return a->time != b->time ? a->time < b->time : a->id < b->id;
  });
  std::vector<Event> sorted;
  sorted.reserve(order.size());
  for (Event* event : order) sorted.push_back(std::move(*event));
  events = std::move(sorted);
}

auto order_of(const Assignment& one) {
  return std::tie(one.id, one.principal, one.principal_type, one.resource, one.role_id);
}
// Of several with one id the first is kept: one that is enabled, and that does more.
auto order_of(const InboxRule& one) {
  return std::tuple(std::string_view(one.id), one.enabled != true, !one.forwards, !one.hides,
                    one.read_only, one.name, one.recipients);
}

// One entry for each owner, with the records of all.
template <class Entry, class Owner, class Record>
void merge_owned(std::vector<Entry>& entries, Owner Entry::* owner,
                 std::vector<Record> Entry::* records) {
  std::sort(entries.begin(), entries.end(),
            [&](const Entry& a, const Entry& b) { return a.*owner < b.*owner; });
  std::vector<Entry> merged;
  for (Entry& entry : entries) {
    if (merged.empty() || merged.back().*owner != entry.*owner) {
      merged.push_back(std::move(entry));
    } else {
      auto& to = merged.back().*records;
      to.insert(to.end(), (entry.*records).begin(), (entry.*records).end());
    }
  }
  for (Entry& entry : merged) {
    auto& all = entry.*records;
    std::sort(all.begin(), all.end(),
              [](const Record& a, const Record& b) { return order_of(a) < order_of(b); });
    all.erase(std::unique(all.begin(), all.end(),
                          [](const Record& a, const Record& b) { return a.id == b.id; }),
              all.end());
  }
  entries = std::move(merged);
}

// One row for each user and country, over all the time it was seen.
void merge_countries(std::vector<UserCountry>& rows) {
  std::sort(rows.begin(), rows.end(), [](const UserCountry& a, const UserCountry& b) {
    return std::tie(a.user, a.country, a.first, a.last) <
           std::tie(b.user, b.country, b.first, b.last);
  });
  std::vector<UserCountry> merged;
  for (UserCountry& row : rows) {
    if (!merged.empty() && merged.back().user == row.user && merged.back().country == row.country) {
      merged.back().last = std::max(merged.back().last, row.last);
    } else {
      merged.push_back(std::move(row));
    }
  }
  rows = std::move(merged);
}

}  // namespace

void record(Coverage& coverage, Source source) {
  const auto found = std::find_if(coverage.sources.begin(), coverage.sources.end(),
                                  [&](const Source& other) { return other.name == source.name; });
  if (found != coverage.sources.end()) {
    *found = std::move(source);
    return;
  }
  const auto place =
      std::find_if(coverage.sources.begin(), coverage.sources.end(),
                   [&](const Source& other) { return rank(other.name) > rank(source.name); });
  coverage.sources.insert(place, std::move(source));
}

void normalise(Snapshot& snapshot) {
  const auto join = [](auto& into, const auto& other) { unite(into, other); };
  sort_united(snapshot.service_principals,
              [&](ServicePrincipal& into, const ServicePrincipal& other) {
                unite(into, other, snapshot.tenant);
              });
  sort_united(snapshot.grants, join);
  sort_united(snapshot.app_roles, join);
  sort_united(snapshot.users, join);
  sort_united(snapshot.permission_grant_policies, join);
  // Of several accounts of one policy the one that is first in bytes stays.
  sort_united(snapshot.conditional_access_policies,
              [](ConditionalAccessPolicy& into, const ConditionalAccessPolicy& other) {
                const auto key = [](const ConditionalAccessPolicy& one) {
                  return std::tie(one.display_name, one.state, one.rules);
                };
                if (key(other) < key(into)) into = other;
              });
  sort_events(snapshot.audits);
  sort_events(snapshot.sign_ins);
  sort_events(snapshot.mailbox_changes);
  std::sort(snapshot.mail_accesses.begin(), snapshot.mail_accesses.end(),
            [](const MailAccess& a, const MailAccess& b) {
              return std::tie(a.first, a.id, a.mailbox) < std::tie(b.first, b.id, b.mailbox);
            });
  merge_countries(snapshot.user_countries);
  merge_owned(snapshot.assignments, &AppAssignments::app, &AppAssignments::assignments);
  merge_owned(snapshot.inbox_rules, &InboxRules::user, &InboxRules::rules);
  // Of several accounts of one application the newest counts.
  std::sort(snapshot.app_activities.begin(), snapshot.app_activities.end(),
            [](const AppActivity& a, const AppActivity& b) {
              return std::tie(a.app_id, b.last_used) < std::tie(b.app_id, a.last_used);
            });
  const auto same_app = [](const AppActivity& a, const AppActivity& b) {
    return a.app_id == b.app_id;
  };
  snapshot.app_activities.erase(
      std::unique(snapshot.app_activities.begin(), snapshot.app_activities.end(), same_app),
      snapshot.app_activities.end());
}

namespace {

template <class Record, class Id>
const Record* find_by_id(const std::vector<Record>& records, const Id& id) {
  const auto found =
      std::lower_bound(records.begin(), records.end(), id,
                       [](const Record& record, const Id& wanted) { return record.id < wanted; });
  return found != records.end() && found->id == id ? &*found : nullptr;
}

}  // namespace

const ServicePrincipal* find_service_principal(const Snapshot& snapshot,
                                               const ServicePrincipalId& id) {
  return find_by_id(snapshot.service_principals, id);
}

const User* find_user(const Snapshot& snapshot, const UserId& id) {
  return find_by_id(snapshot.users, id);
}

const AppAssignments* find_assignments(const Snapshot& snapshot, const ServicePrincipalId& app) {
  const auto found = std::find_if(snapshot.assignments.begin(), snapshot.assignments.end(),
                                  [&](const AppAssignments& entry) { return entry.app == app; });
  return found != snapshot.assignments.end() ? &*found : nullptr;
}

const InboxRules* find_inbox_rules(const Snapshot& snapshot, const UserId& user) {
  const auto found = std::find_if(snapshot.inbox_rules.begin(), snapshot.inbox_rules.end(),
                                  [&](const InboxRules& entry) { return entry.user == user; });
  return found != snapshot.inbox_rules.end() ? &*found : nullptr;
}

}  // namespace clawback::domain
