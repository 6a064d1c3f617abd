#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "detect/names.hpp"
#include "domain/snapshot.hpp"
#include "policy/policy.hpp"

namespace clawback::detect {

enum class Whose : std::uint8_t { microsoft, tenant, catalog };

// A name that an application of somebody else has no reason to bear.
struct ProtectedName {
  Whose whose = Whose::microsoft;
  std::string text;
  std::u32string plain;  // without blanks
  std::u32string bare;   // and without marks
  std::size_t words = 0;
  std::vector<const policy::CatalogEntry*> entries;  // of the catalog: who bears it by right
};

enum class Likeness : std::uint8_t {
  mention,    // plainly, inside a longer name
  leads,      // plainly, and the longer name begins with it
  same,       // the whole name, plainly
  disguised,  // spelt to be read as it
};

struct Lookalike {
  const ProtectedName* name = nullptr;
  Likeness likeness = Likeness::mention;
  std::u32string written;  // the part of the name, as it is written
};

// The protected names of one judgement and the users that share a folded name with an application:
// made once, asked for each application.
class Lookalikes {
 public:
  // `app_names`: of all applications that will be asked for; users are kept for these only.
  Lookalikes(const domain::Snapshot& snapshot, const policy::Catalog& catalog,
             const std::vector<std::string_view>& app_names);

  // The most telling one for a name of the application `own`.
  [[nodiscard]] std::optional<Lookalike> find(const std::vector<Word>& words,
                                              const domain::AppId& own) const;
  // A user whose display name folds to the same, else one whose user principal name does (if the
  // name has an "@"); or nullptr.
  [[nodiscard]] const domain::User* user_called(std::string_view name) const;

 private:
  void protect(Whose whose, std::string_view text, const policy::CatalogEntry* entry = nullptr);
  void protect_tenant(const domain::Snapshot& snapshot);
  void add_users(const domain::Snapshot& snapshot, const std::vector<std::string_view>& app_names);

  std::unordered_map<std::string, std::vector<ProtectedName>> names_;  // by folded, joined words
  std::size_t longest_ = 0;
  using Users = std::unordered_map<std::string, const domain::User*>;  // by folded, joined words
  Users by_display_name_;
  Users by_principal_name_;
};

// The part of a user's domain that says whose it is: "contoso" of ada@mail.contoso.co.uk. Empty if
// it is too short to tell anything.
std::string_view domain_label(std::string_view user_principal_name);

}  // namespace clawback::detect
