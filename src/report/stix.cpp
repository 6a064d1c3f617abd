#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <set>

#include "base/digest.hpp"
#include "report/export_parts.hpp"
#include "report/stix_parts.hpp"
#include "report/words.hpp"

// STIX 2.1: for each case of verdict alert indicators of the application and of the domains that
// its codes and tokens are sent to, the observed data that they are based on, and a grouping of it
// all. No user is named: a bundle is for others.
namespace clawback::report {
namespace {

// Ids of domain objects are made from what they are of; those of observables by the standard's rule
// (2.9), so that everybody's observable of a value has the same one.
constexpr std::string_view our_space = "5b0a1f5e-2c67-5e43-8d3a-9f7c6e1b4a20";
constexpr std::string_view observable_space = "00abedb4-aa42-466c-9c23-fed23c33b0ee";
// TLP:AMBER as the standard prints it (7.2.1.4): every producer uses this very object.
constexpr std::string_view amber = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";
// How an application of Entra ID is written as a user-account: no other observable fits better.
constexpr std::string_view account_type = "entra-service-principal";
// Of objects that are the same however often, and by whichever installation, they are made.
constexpr std::string_view constant_time = "2020-01-01T00:00:00.000Z";
constexpr std::size_t hosts_max = 20;
constexpr std::size_t addresses_max = 50;

std::string stix_time(Time time) {
  const std::string text = format_time(time);  // "2026-11-20T10:00:00Z"
  return text.substr(0, 19) + ".000Z";
}

std::string id_of(std::string_view type, std::string_view name) {
  return fmt::format("{}--{}", type, guid_of_name(our_space, fmt::format("{} {}", type, name)));
}

json::object observable_object(std::string_view type, json::object contributing) {
  const std::string name = canonical_json(contributing);
  json::object out{{"type", type},
                   {"spec_version", "2.1"},
                   {"id", fmt::format("{}--{}", type, guid_of_name(observable_space, name))}};
  for (auto& [key, value] : contributing) out[key] = std::move(value);
  out["object_marking_refs"] = json::array{amber};
  return out;
}

json::object amber_object() {
  return {{"type", "marking-definition"},
          {"spec_version", "2.1"},
          {"id", amber},
          {"created", "2017-01-20T00:00:00.000Z"},
          {"definition_type", "tlp"},
          {"name", "TLP:AMBER"},
          {"definition", json::object{{"tlp", "amber"}}}};
}

class Bundle {
 public:
  explicit Bundle(const Scan& scan) : scan_(scan) {}

  std::string text() {
    for (const domain::Finding& finding : scan_.findings) {
      if (finding.verdict == domain::Verdict::alert && !finding.exception) add_case(finding);
    }
    const std::string when = stix_time(scan_.observed);
    json::object out{{"type", "bundle"}, {"id", id_of("bundle", scan_.tenant + " " + when)}};
    if (!objects_.empty()) out["objects"] = std::move(objects_);
    return json_text(out);
  }

 private:
  // Domain objects and relationships have these; a case that is exported again is the same object,
  // modified. All versions of an object have the same time of creation (3.6).
  json::object common(std::string_view type, std::string_view name) {
    return {{"type", type},
            {"spec_version", "2.1"},
            {"id", id_of(type, fmt::format("{} {}", scan_.tenant, name))},
            {"created_by_ref", author_},
            {"created", constant_time},
            {"modified", stix_time(scan_.observed)},
            {"object_marking_refs", json::array{amber}}};
  }

  void put(json::object object) {
    if (told_.insert(std::string(object.at("id").as_string())).second) {
      objects_.emplace_back(std::move(object));
    }
  }

  void add_author() {
    const std::string name = scan_.tenant_name.empty() ? scan_.tenant : scan_.tenant_name;
    author_ = id_of("identity", scan_.tenant);
    put(amber_object());
    put({{"type", "identity"},
         {"spec_version", "2.1"},
         {"id", author_},
         {"created", constant_time},
         {"modified", stix_time(scan_.observed)},
         {"name", name_shown(name)},
         {"identity_class", "organization"},
         {"object_marking_refs", json::array{amber}}});
  }

  std::string indicator(const domain::Finding& finding, Time valid_from, std::string_view what,
                        std::string_view value, const std::string& pattern) {
    json::object out = common("indicator", fmt::format("{} {} {}", finding.key, what, value));
    out["name"] = name_shown(fmt::format("{} {}", what, value));
    out["description"] = sentence(fmt::format(
        "{} of \"{}\", which reads mail in a tenant with signs of abuse (score {}). Others may use "
        "it honestly.",
        what, name_shown(finding.app.display_name), finding.score));
    out["indicator_types"] = json::array{"anomalous-activity"};
    out["pattern"] = pattern;
    out["pattern_type"] = "stix";
    out["pattern_version"] = "2.1";
    out["valid_from"] = stix_time(valid_from);
    out["confidence"] = std::clamp(finding.score, 0, 100);
    std::string id(out.at("id").as_string());
    put(std::move(out));
    return id;
  }

  void based_on(const domain::Finding& finding, const std::string& from, const std::string& to) {
    json::object out = common("relationship", fmt::format("{} {} {}", finding.key, from, to));
    out["relationship_type"] = "based-on";
    out["source_ref"] = from;
    out["target_ref"] = to;
    put(std::move(out));
  }

  void add_case(const domain::Finding& finding) {
    if (author_.empty()) add_author();
    const Time valid_from = std::min(finding.case_since.value_or(scan_.observed), scan_.observed);
    std::vector<std::string> indicators;
    json::array seen;
    const auto see = [&](json::object object) {
      seen.push_back(object.at("id"));
      put(std::move(object));
    };

    const std::string app = name_shown(finding.app.app_id.str());
    json::object account =
        observable_object("user-account", {{"account_type", account_type}, {"user_id", app}});
    account["display_name"] = name_shown(finding.app.display_name);
    account["is_service_account"] = true;
    see(std::move(account));
    indicators.push_back(
        indicator(finding, valid_from, "Application id", app,
                  fmt::format("[user-account:account_type = '{}' AND user-account:user_id = {}]",
                              account_type, pattern_text(app))));

    const auto urls = finding.app.reply_urls.value_or(std::vector<std::string>{});
    for (const std::string& host : hosts_of(urls, hosts_max)) {
      see(observable_object("domain-name", {{"value", host}}));
      indicators.push_back(indicator(finding, valid_from, "Reply URL domain", host,
                                     fmt::format("[domain-name:value = {}]", pattern_text(host))));
    }
    // Where consents came from is observed and no indicator: a deceived user consents from home.
    for (const std::string& address : addresses_of(finding.history, addresses_max)) {
      const bool v6 = address.find(':') != std::string::npos;
      see(observable_object(v6 ? "ipv6-addr" : "ipv4-addr", {{"value", address}}));
    }

    json::object data = common("observed-data", finding.key);
    const std::string data_id(data.at("id").as_string());
    data["first_observed"] = stix_time(first_observed(scan_, finding));
    data["last_observed"] = stix_time(scan_.observed);
    data["number_observed"] = 1;
    data["object_refs"] = seen;
    put(std::move(data));

    json::array members(seen);
    members.emplace_back(data_id);
    for (const std::string& id : indicators) {
      based_on(finding, id, data_id);
      members.emplace_back(id);
    }
    json::object grouping = common("grouping", finding.key);
    grouping["name"] = name_shown(fmt::format("Mail access of {}", finding.app.display_name));
    grouping["description"] = sentence(description(finding));
    grouping["context"] = "suspicious-activity";
    grouping["external_references"] = json::array{
        json::object{{"source_name", "clawback case"}, {"external_id", name_shown(finding.key)}}};
    grouping["object_refs"] = std::move(members);
    put(std::move(grouping));
  }

  static std::string description(const domain::Finding& finding) {
    std::string out = fmt::format("{}, score {}", name_of(finding.verdict), finding.score);
    const std::string note = code_points_note(finding.app.display_name);
    if (!note.empty()) out += fmt::format("; in its name: {}", note);
    const std::string hits = names_joined(signal_ids(finding, domain::SignalState::hit));
    if (!hits.empty()) out += "; signals " + hits;
    const std::string scopes = names_joined(scope_names(finding), 10);
    if (!scopes.empty()) out += "; scopes " + scopes;
    return out;
  }

  const Scan& scan_;
  std::string author_;
  json::array objects_;
  std::set<std::string> told_;
};

}  // namespace

std::string findings_stix(const Scan& scan) { return Bundle(scan).text(); }

}  // namespace clawback::report
