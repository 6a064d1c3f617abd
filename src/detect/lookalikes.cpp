#include "detect/lookalikes.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

namespace clawback::detect {
namespace {

// Below this a name folds to the same as too many others.
constexpr std::size_t label_min = 4;
constexpr std::size_t user_name_min = 3;

// Words with which an honest name says what it works with.
bool is_connective(const std::u32string& word) {
  static constexpr std::array<std::u32string_view, 22> known = {
      U"for",  U"by",    U"with",  U"to",        U"from",        U"and",      U"in",  U"of",
      U"add",  U"addin", U"addon", U"plugin",    U"connector",   U"connect",  U"für", U"fuer",
      U"pour", U"para",  U"per",   U"extension", U"integration", U"companion"};
  return std::find(known.begin(), known.end(), word) != known.end();
}

// A user principal name has an "@", also a full-width one.
bool is_address(std::string_view name) {
  return name.find('@') != std::string_view::npos || name.find("\uFF20") != std::string_view::npos;
}

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;  // one past the last word
};

bool has_connective_outside(const std::vector<Word>& words, const Span& span) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool outside = i < span.begin || i >= span.end;
    if (outside && is_connective(words[i].plain)) return true;
  }
  return false;
}

// nullopt: no likeness at all.
std::optional<Likeness> likeness(const ProtectedName& name, const std::vector<Word>& words,
                                 const Span& span, const domain::AppId& own) {
  // "In Tune" is not Intune; only a name of several words may be torn apart ("Micro soft Teams").
  if (span.end - span.begin > name.words && name.words == 1) return std::nullopt;
  std::u32string plain;
  for (std::size_t i = span.begin; i < span.end; ++i) plain += words[i].plain;
  const bool disguised = plain != name.plain && plain != name.bare;
  const bool whole = span.begin == 0 && span.end == words.size();
  if (name.whose == Whose::catalog) {
    // Its plain spelling is what D02 looks at.
    const bool by_right = std::any_of(name.entries.begin(), name.entries.end(),
                                      [&](const auto* entry) { return entry->app_id == own; });
    if (!whole || !disguised || by_right) return std::nullopt;
    return Likeness::disguised;
  }
  if (disguised) return Likeness::disguised;
  if (whole) return Likeness::same;
  const bool leads =
      span.begin == 0 && name.whose == Whose::microsoft && !has_connective_outside(words, span);
  return leads ? Likeness::leads : Likeness::mention;
}

}  // namespace

std::string_view domain_label(std::string_view user_principal_name) {
  const auto at = user_principal_name.rfind('@');
  if (at == std::string_view::npos) return {};
  std::string_view rest = user_principal_name.substr(at + 1);
  std::string_view best;
  // The longest but the last; of two that are as long, the one nearer to the end.
  for (auto dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
    const std::string_view label = rest.substr(0, dot);
    rest = rest.substr(dot + 1);
    if (label == "onmicrosoft") break;
    if (label.size() >= best.size()) best = label;
  }
  return best.size() >= label_min ? best : std::string_view();
}

Lookalikes::Lookalikes(const domain::Snapshot& snapshot, const policy::Catalog& catalog,
                       const std::vector<std::string_view>& app_names) {
  for (const std::string& name : catalog.protected_names) protect(Whose::microsoft, name);
  protect_tenant(snapshot);
  for (const policy::CatalogEntry& entry : catalog.entries) {
    const bool counts = entry.app_id && entry.confidence >= policy::Confidence::medium &&
                        entry.kind != "campaign_app" &&
                        entry.disposition != policy::Disposition::do_not_use;
    if (!counts) continue;
    for (const std::string& name : entry.names) protect(Whose::catalog, name, &entry);
  }
  add_users(snapshot, app_names);
}

void Lookalikes::protect(Whose whose, std::string_view text, const policy::CatalogEntry* entry) {
  const auto words = words_of(text);
  std::string folded;
  for (const Word& word : words) folded += word.folded;
  if (folded.empty()) return;
  longest_ = std::max(longest_, folded.size());
  auto& same = names_[folded];
  std::u32string plain = plain_joined(words);
  const auto known = std::find_if(same.begin(), same.end(), [&](const ProtectedName& name) {
    return name.whose == whose && name.plain == plain;
  });
  if (known != same.end()) {
    if (entry != nullptr) known->entries.push_back(entry);
    return;
  }
  same.push_back({.whose = whose,
                  .text = std::string(text),
                  .plain = plain,
                  .bare = without_marks(plain),
                  .words = words.size(),
                  .entries = {}});
  if (entry != nullptr) same.back().entries.push_back(entry);
}

void Lookalikes::protect_tenant(const domain::Snapshot& snapshot) {
  std::set<std::string_view> names;
  for (const domain::User& user : snapshot.users) {
    if (!user.user_principal_name) continue;
    const auto label = domain_label(*user.user_principal_name);
    if (!label.empty()) names.insert(label);
  }
  if (!snapshot.tenant_name.empty()) protect(Whose::tenant, snapshot.tenant_name);
  for (const std::string_view name : names) protect(Whose::tenant, name);
}

void Lookalikes::add_users(const domain::Snapshot& snapshot,
                           const std::vector<std::string_view>& app_names) {
  std::string folded;
  FoldMemo memo;
  for (const std::string_view name : app_names) {
    fold_joined(name, folded, &memo);
    if (folded.size() < user_name_min) continue;
    by_display_name_.try_emplace(folded, nullptr);
    if (is_address(name)) by_principal_name_.try_emplace(folded, nullptr);
  }
  const auto note = [&](Users& users, const domain::User& user,
                        const std::optional<std::string>& name) {
    if (!name || users.empty()) return;
    fold_joined(*name, folded, &memo);
    const auto found = users.find(folded);
    if (found == users.end()) return;
    const domain::User*& known = found->second;
    if (known == nullptr || user.id < known->id) known = &user;
  };
  for (const domain::User& user : snapshot.users) {
    note(by_display_name_, user, user.display_name);
    note(by_principal_name_, user, user.user_principal_name);
  }
}

std::optional<Lookalike> Lookalikes::find(const std::vector<Word>& words,
                                          const domain::AppId& own) const {
  std::optional<Lookalike> best;
  const auto better = [&](const ProtectedName& name, Likeness like) {
    if (!best) return true;
    const auto& old = *best->name;
    return std::make_tuple(like, name.plain.size(), old.whose, std::string_view(old.text)) >
           std::make_tuple(best->likeness, old.plain.size(), name.whose,
                           std::string_view(name.text));
  };
  std::string folded;
  for (Span span; span.begin < words.size(); ++span.begin) {
    folded.clear();
    for (span.end = span.begin + 1; span.end <= words.size(); ++span.end) {
      folded += words[span.end - 1].folded;
      if (folded.size() > longest_) break;
      const auto found = names_.find(folded);
      if (found == names_.end()) continue;
      for (const ProtectedName& name : found->second) {
        const auto like = likeness(name, words, span, own);
        if (!like || !better(name, *like)) continue;
        best = Lookalike{.name = &name, .likeness = *like, .written = {}};
        for (std::size_t i = span.begin; i < span.end; ++i) best->written += words[i].raw;
      }
    }
  }
  return best;
}

const domain::User* Lookalikes::user_called(std::string_view name) const {
  std::string folded;
  fold_joined(name, folded);
  for (const Users* users : {&by_display_name_, &by_principal_name_}) {
    const auto found = users->find(folded);
    if (found != users->end() && found->second != nullptr) return found->second;
  }
  return nullptr;
}

}  // namespace clawback::detect
