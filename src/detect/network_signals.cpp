#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

#include "base/safe_text.hpp"
#include "detect/client_facts.hpp"
#include "detect/signal.hpp"
#include "detect/uses.hpp"

// D17: people read mail at home or at work; tools do so from rented servers.
namespace clawback::detect {
namespace {

namespace source = domain::source;

struct Network {
  std::size_t sign_ins = 0;
  std::set<std::string_view> users;
};

struct Networks {
  std::map<std::int64_t, Network> hosting;  // by AS number
  std::size_t sign_ins = 0;
  std::size_t without_number = 0;
  std::vector<std::string> records;  // of those from hosting networks
  std::set<std::string_view> users;
};

Networks count(const Case& subject) {
  const auto& known = subject.context.policy.catalog.hosting;
  Networks out;
  for (const auto* sign_in : subject.facts.sign_ins) {
    if (!succeeded(*sign_in)) continue;
    ++out.sign_ins;
    if (!sign_in->as_number || *sign_in->as_number <= 0) {
      ++out.without_number;
      continue;
    }
    if (!known.contains(*sign_in->as_number)) continue;
    Network& network = out.hosting[*sign_in->as_number];
    ++network.sign_ins;
    network.users.insert(sign_in->user.str());
    out.users.insert(sign_in->user.str());
    out.records.push_back(sign_in->id.str());
  }
  return out;
}

Answer from_hosting(const Case& subject, Networks found, int weight) {
  constexpr std::size_t named_max = 3;
  std::vector<std::string> names;
  std::size_t sign_ins = 0;
  for (const auto& [number, network] : found.hosting) {
    sign_ins += network.sign_ins;
    if (names.size() >= named_max) continue;
    names.push_back(fmt::format(
        "{} (AS{})", printable(subject.context.policy.catalog.hosting.at(number), 60), number));
  }
  std::string reason = fmt::format(
      "{} of {} successful sign-ins of {} {} came from {}{}, first in record {}", sign_ins,
      found.sign_ins, found.users.size(), found.users.size() == 1 ? "user" : "users",
      fmt::join(names, ", "),
      found.hosting.size() > named_max
          ? fmt::format(" and {} more hosting networks", found.hosting.size() - named_max)
          : "",
      printable(found.records.front(), 60));
  if (runs_on_servers(*subject.entry)) {
    reason += "; its maker's own servers sign in for the user: counts half";
    weight /= 2;
  } else if (policy::is_weak(*subject.entry)) {
    reason += "; its catalog entry is weak: counts half";
    weight /= 2;
  }
  return hit(weight, std::move(reason), std::move(found.records));
}

}  // namespace

Answer hosting_network(const Case& subject, int weight) {
  if (subject.facts.app == nullptr || subject.facts.app->app_id.empty()) {
    return not_evaluable("its app id is not known", to_read(source::service_principals));
  }
  if (!is_catalogued_client(subject.entry)) return miss("it is no catalogued client");
  Networks found = count(subject);
  if (!found.hosting.empty()) return from_hosting(subject, std::move(found), weight);
  const std::string beta = "autonomousSystemNumber of beta signIns: " + to_read(source::sign_ins);
  if (!was_read(subject, source::sign_ins)) {
    return not_evaluable(why_not_read(subject, source::sign_ins), beta);
  }
  if (subject.context.policy.catalog.hosting.empty()) {
    return not_evaluable("the catalog names no hosting network", "[hosting.networks] in a catalog");
  }
  if (const std::string unsaid = unsaid_sign_ins(subject.facts); !unsaid.empty()) {
    return not_evaluable(unsaid, "the error code (or ResultType) of " + to_read(source::sign_ins));
  }
  if (found.sign_ins == 0) {
    if (subject.context.index.has_beta_sign_ins()) return miss("nobody signed in with it");
    return not_evaluable("v1.0 sign-ins show none of it, and not those of refresh tokens", beta);
  }
  if (found.without_number > 0) {
    return not_evaluable(fmt::format("the network of {} of {} sign-ins is not in the evidence",
                                     found.without_number, found.sign_ins),
                         beta);
  }
  return miss(fmt::format("none of {} sign-ins came from a hosting network of the catalog",
                          found.sign_ins));
}

}  // namespace clawback::detect
