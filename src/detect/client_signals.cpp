#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "detect/client_facts.hpp"
#include "detect/signal.hpp"
#include "detect/uses.hpp"

// D18: does what uses a catalogued client's id look like that client?
namespace clawback::detect {
namespace {

namespace source = domain::source;

// So many other users must agree before one who differs is odd.
constexpr std::size_t others_least = 5;
constexpr std::size_t shown_max = 80;

// One thing that does not belong to the genuine client. Quarters: 4 counts full, 2 half.
struct Odd {
  int quarters = 0;
  std::string text;
  Time time;
  std::string record;
};

struct Seen {
  std::vector<Odd> odd;
  std::size_t agents = 0;  // sign-ins with a user agent
  std::size_t infos = 0;   // reads with a ClientInfoString
  bool compared = false;   // with what the genuine client shows, or with other users
};

// What users show of one application: by family of agent, who shows it.
struct Families {
  std::map<std::string, std::set<std::string_view>> users;  // family -> users
  std::map<std::string_view, std::set<std::string>> of;     // user -> families
};

bool contains_any(std::string_view text, const std::vector<std::string>& parts) {
  constexpr std::size_t looked_at_max = 512;
  const std::string folded = to_lower(text.substr(0, looked_at_max));
  return std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
    return folded.find(to_lower(part)) != std::string::npos;
  });
}

// At an interactive sign-in the browser shows its agent, whatever client opened it.
bool tells_client(const domain::SignIn& sign_in) {
  return sign_in.user_agent && !sign_in.user_agent->empty() &&
         (sign_in.is_interactive == false || !is_browser(*sign_in.user_agent));
}

Families families(const AppFacts& facts) {
  Families out;
  for (const auto* sign_in : facts.sign_ins) {
    if (!succeeded(*sign_in) || !tells_client(*sign_in)) continue;
    std::string family = family_of(*sign_in->user_agent);
    if (family.empty()) continue;
    out.users[family].insert(sign_in->user.str());
    out.of[sign_in->user.str()].insert(std::move(family));
  }
  return out;
}

// The family that all users but one show and nothing else; empty: they do not agree.
std::string usual_family(const Families& all) {
  for (const auto& [family, users] : all.users) {
    const auto only_this = std::count_if(users.begin(), users.end(), [&](std::string_view user) {
      return all.of.at(user).size() == 1;
    });
    if (static_cast<std::size_t>(only_this) < others_least) continue;
    if (static_cast<std::size_t>(only_this) + 1 == all.of.size()) return family;
  }
  return {};
}

// A library that honest programs are built with is the client's own if most users show it.
bool most_show(const Families& all, const std::string& family) {
  const auto found = all.users.find(family);
  return found != all.users.end() && found->second.size() > others_least &&
         2 * found->second.size() > all.of.size();
}

int for_script(const policy::CatalogEntry& entry, const ScriptAgent& script, bool most) {
  return runs_on_servers(entry) || policy::is_weak(entry) || (script.built_in && most) ? 2 : 4;
}

std::optional<Odd> odd_agent(const policy::CatalogEntry& entry, const domain::SignIn& sign_in,
                             const Families& all, const std::string& usual) {
  const std::string& agent = *sign_in.user_agent;
  Odd odd{.quarters = 2, .text = {}, .time = sign_in.time, .record = sign_in.id.str()};
  const std::string shown = printable(agent, shown_max);
  // Facts of the catalog come first: what the genuine client shows is not odd.
  if (!entry.user_agents.empty() && contains_any(agent, entry.user_agents)) return std::nullopt;
  if (const ScriptAgent* script = script_in(agent)) {
    odd.quarters = for_script(entry, *script, most_show(all, family_of(agent)));
    odd.text = fmt::format("user agent \"{}\" is {}", shown, script->what);
    return odd;
  }
  if (!tells_client(sign_in)) return std::nullopt;
  if (!entry.user_agents.empty()) {
    odd.text = fmt::format("user agent \"{}\" is not what the genuine client shows", shown);
    return odd;
  }
  const std::string family = family_of(agent);
  if (usual.empty() || family.empty() || family == usual) return std::nullopt;
  odd.text = fmt::format("user agent \"{}\" is shown by one user, all {} others show \"{}\"", shown,
                         all.of.size() - 1, printable(usual, shown_max));
  return odd;
}

// clientAppUsed names a mail protocol for old ways of signing in only; "Browser" and "Mobile Apps
// and Desktop clients" say nothing of it, and every client looks for its server.
bool names_protocol(std::string_view client_app) {
  constexpr std::array<std::string_view, 8> known = {
      "imap",       "pop",  "smtp",    "exchange web services",
      "activesync", "mapi", "outlook", "powershell"};
  const std::string text = to_lower(client_app.substr(0, 80));
  return std::any_of(known.begin(), known.end(),
                     [&](std::string_view one) { return text.find(one) != std::string::npos; });
}

std::optional<Odd> odd_protocol(const policy::CatalogEntry& entry, const domain::SignIn& sign_in) {
  Odd odd{.quarters = 2, .text = {}, .time = sign_in.time, .record = sign_in.id.str()};
  const auto& used = sign_in.client_app_used;
  if (used && !entry.protocols.empty() && names_protocol(*used) &&
      !contains_any(*used, entry.protocols)) {
    odd.text =
        fmt::format("it used {}, which the genuine client does not", printable(*used, shown_max));
    return odd;
  }
  const std::string how = sign_in.protocol ? to_lower(sign_in.protocol->substr(0, 32)) : "";
  if (!is_mail_client(entry) || (how != "devicecode" && how != "ropc")) return std::nullopt;
  odd.text = fmt::format("it signed in by {}, which mail clients with a window do not",
                         how == "ropc" ? "password alone (ROPC)" : "device code");
  return odd;
}

std::optional<Odd> odd_access(const policy::CatalogEntry& entry, const domain::MailAccess& access) {
  const std::string& info = *access.client_info;
  Odd odd{.quarters = 2, .text = {}, .time = access.first, .record = access.id.str()};
  const std::string shown = printable(info, shown_max);
  if (const ScriptAgent* script = script_in(info)) {
    odd.quarters = for_script(entry, *script, false);
    odd.text = fmt::format("ClientInfoString \"{}\" is {}", shown, script->what);
    return odd;
  }
  const bool protocol = to_lower(info.substr(0, 512)).find("protocol=") != std::string::npos;
  const bool foreign = !entry.client_infos.empty() ? !contains_any(info, entry.client_infos)
                                                   : protocol && !entry.protocols.empty() &&
                                                         !contains_any(info, entry.protocols);
  if (!foreign) return std::nullopt;
  odd.text = fmt::format("ClientInfoString \"{}\" is not what the genuine client shows", shown);
  return odd;
}

void look_at_sign_ins(const Case& subject, Seen& seen) {
  const Families all = families(subject.facts);
  const policy::CatalogEntry& entry = *subject.entry;
  const std::string usual = entry.user_agents.empty() ? usual_family(all) : std::string();
  seen.compared = seen.compared || !entry.user_agents.empty() || !usual.empty();
  // People show the same few agents all day long.
  std::unordered_map<std::string_view, bool> plain;
  for (const auto* sign_in : subject.facts.sign_ins) {
    if (!succeeded(*sign_in)) continue;
    if (auto odd = odd_protocol(entry, *sign_in)) seen.odd.push_back(*std::move(odd));
    if (!sign_in->user_agent || sign_in->user_agent->empty()) continue;
    ++seen.agents;
    const bool tells = tells_client(*sign_in);
    const auto known = plain.find(*sign_in->user_agent);
    if (known != plain.end() && (known->second || !tells)) continue;
    auto odd = odd_agent(entry, *sign_in, all, usual);
    if (!odd) plain[*sign_in->user_agent] = tells;
    if (odd) seen.odd.push_back(*std::move(odd));
  }
}

Seen look(const Case& subject) {
  Seen seen;
  seen.compared = !subject.entry->client_infos.empty() || !subject.entry->protocols.empty();
  look_at_sign_ins(subject, seen);
  for (const auto* access : subject.facts.accesses) {
    if (!access->client_info || access->client_info->empty()) continue;
    ++seen.infos;
    if (auto odd = odd_access(*subject.entry, *access)) seen.odd.push_back(*std::move(odd));
  }
  return seen;
}

Answer borrowed(std::vector<Odd> odd, int weight) {
  std::sort(odd.begin(), odd.end(), [](const Odd& a, const Odd& b) {
    return std::tie(b.quarters, a.time, a.record, a.text) <
           std::tie(a.quarters, b.time, b.record, b.text);
  });
  std::vector<std::string> evidence;
  for (const Odd& one : odd) {
    if (std::find(evidence.begin(), evidence.end(), one.record) == evidence.end()) {
      evidence.push_back(one.record);
    }
    if (evidence.size() >= 50) break;
  }
  const Odd& first = odd.front();
  std::string reason = fmt::format("{} (record {}, {})", first.text, printable(first.record, 60),
                                   format_time(first.time));
  if (odd.size() > 1) reason += fmt::format("; and {} more like it", odd.size() - 1);
  if (first.quarters < 4) reason += "; counts half";
  return hit(weight * first.quarters / 4, std::move(reason), std::move(evidence));
}

bool in_part(const Case& subject, std::string_view name) {
  const auto* found = domain::find(subject.context.snapshot.coverage, name);
  return found != nullptr && found->state == domain::SourceState::partial;
}

Answer genuine(const Case& subject, const Seen& seen) {
  const std::string needed =
      fmt::format("userAgent of beta signIns, or {}", to_read(source::mail_accesses));
  for (const std::string_view name : {source::sign_ins, source::mail_accesses}) {
    if (in_part(subject, name)) return not_evaluable(why_not_read(subject, name), needed);
  }
  if (const std::string unsaid = unsaid_sign_ins(subject.facts); !unsaid.empty()) {
    return not_evaluable(unsaid, "the error code (or ResultType) of " + to_read(source::sign_ins));
  }
  if (seen.agents + seen.infos == 0) {
    const auto unread = !was_read(subject, source::sign_ins)
                            ? why_not_read(subject, source::sign_ins)
                            : std::string(
                                  "no sign-in of it shows a user agent, and no read a "
                                  "ClientInfoString; reads through EWS hide the application");
    return not_evaluable(unread, needed);
  }
  std::string reason =
      fmt::format("{} user agents of sign-ins and {} ClientInfoStrings of reads are of no script",
                  seen.agents, seen.infos);
  reason += seen.compared ? ", and of nothing that the genuine client does not show"
                          : "; what the genuine client shows is not known";
  return miss(std::move(reason));
}

}  // namespace

Answer borrowed_client_id(const Case& subject, int weight) {
  if (subject.facts.app == nullptr || subject.facts.app->app_id.empty()) {
    return not_evaluable("its app id is not known", to_read(source::service_principals));
  }
  if (!is_catalogued_client(subject.entry)) {
    return miss("it is no catalogued client, whose id scripts borrow");
  }
  Seen seen = look(subject);
  return !seen.odd.empty() ? borrowed(std::move(seen.odd), weight) : genuine(subject, seen);
}

}  // namespace clawback::detect
