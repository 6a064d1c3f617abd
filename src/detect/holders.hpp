#pragma once

#include <optional>
#include <string>
#include <vector>

#include "detect/index.hpp"
#include "policy/policy.hpp"

namespace clawback::detect {

// Guard G1: by owner tenant or by id, never by name.
bool is_microsofts(const domain::ServicePrincipal* app, domain::Ownership ownership,
                   const policy::Catalog& catalog);

// An application as its holders may know it.
struct HeldApp {
  std::string case_key;
  domain::AppId app_id;
  std::string name;
  friend bool operator==(const HeldApp&, const HeldApp&) = default;
};

// Who holds which application that is not Microsoft's: by a grant of his own or one for everyone,
// also one that is gone, or by a sign-in. Application permissions have no holder. The snapshot and
// the memory must outlive it.
class Holders {
 public:
  Holders(const domain::Snapshot& snapshot, const policy::Policy& policy,
          const domain::Memory* memory);

  // By app id, or by a case key or a start of one that is unique ("sha256:" may be left out).
  // Errc::not_found; Errc::invalid names the first few when more than one fits.
  [[nodiscard]] Result<HeldApp> find(std::string_view wanted) const;
  // Those who hold it themselves, by id; nobody for one that is only given to everyone.
  [[nodiscard]] std::vector<domain::User> holders_of(const HeldApp& app) const;
  [[nodiscard]] bool is_for_everyone(const HeldApp& app) const;
  // By object id or user principal name, in whatever case; Errc::not_found.
  [[nodiscard]] Result<domain::User> user(std::string_view wanted) const;
  // All of a person's applications, by name: nothing of it depends on which one is in question.
  [[nodiscard]] std::vector<HeldApp> apps_of(const domain::UserId& user) const;

 private:
  struct Entry {
    HeldApp app;
    std::string order;  // its name, folded
    std::set<std::string> users;
    bool everyone = false;
  };
  void add(const AppFacts& facts, const domain::Snapshot& snapshot, const policy::Policy& policy,
           const domain::Memory* memory);
  void name(const domain::UserId& user, const std::optional<std::string>& name);
  [[nodiscard]] const Entry* entry(const HeldApp& app) const;

  Index index_;
  std::vector<Entry> entries_;                // by folded name and app id
  std::map<std::string, std::string> names_;  // user id -> user principal name, from sign-ins
};

}  // namespace clawback::detect
