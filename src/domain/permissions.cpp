#include "domain/permissions.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace clawback::domain {
namespace {

struct Known {
  std::string_view value;  // lower case
  MailReach reach;
};

constexpr MailReach reads{.read = true};
constexpr MailReach writes{.read = true, .write = true};
constexpr MailReach sends{.send = true};
constexpr MailReach exports{.read = true, .exports = true};
constexpr MailReach everything{.read = true, .write = true, .send = true};

// Mailbox settings count as writing: forwarding and rules are made there. Basic reads (no body) are
// reads.
constexpr std::array<Known, 32> delegated = {{
    {"eas.accessasuser.all", everything},
    {"ews.accessasuser.all", everything},
    {"exchange.manage", everything},
    {"exchange.managev2", everything},
    {"full_access_as_user", everything},
    {"imap.accessasuser.all", writes},
    {"mail-advanced.readwrite", writes},
    {"mail-advanced.readwrite.shared", writes},
    {"mail.read", reads},
    {"mail.read.all", reads},
    {"mail.read.shared", reads},
    {"mail.readbasic", reads},
    {"mail.readbasic.shared", reads},
    {"mail.readwrite", writes},
    {"mail.readwrite.all", writes},
    {"mail.readwrite.shared", writes},
    {"mail.send", sends},
    {"mail.send.all", sends},
    {"mail.send.shared", sends},
    {"mailboxconfigitem.read", reads},
    {"mailboxconfigitem.readwrite", {.read = true, .write = true}},
    {"mailboxfolder.read", reads},
    {"mailboxfolder.readwrite", writes},
    {"mailboxitem.export", exports},
    {"mailboxitem.importexport", {.read = true, .write = true, .exports = true}},
    {"mailboxitem.read", reads},
    {"mailboxitem.readwrite", writes},
    {"mailboxsettings.read", reads},
    {"mailboxsettings.readwrite", {.write = true}},
    {"pop.accessasuser.all", writes},
    {"smtp.send", sends},
    {"mailboxfolder.read.all", reads},
}};

constexpr std::array<Known, 25> application = {{
    {"exchange.manageasapp", everything},
    {"exchange.manageasappv2", everything},
    {"full_access_as_app", everything},
    {"imap.accessasapp", writes},
    {"mail-advanced.readwrite.all", writes},
    {"mail.read", reads},
    {"mail.readbasic", reads},
    {"mail.readbasic.all", reads},
    {"mail.readwrite", writes},
    {"mail.send", sends},
    {"mailbox.migration", {.read = true, .write = true, .exports = true}},
    {"mailboxconfigitem.read", reads},
    {"mailboxconfigitem.readwrite", writes},
    {"mailboxfolder.read.all", reads},
    {"mailboxfolder.readwrite.all", writes},
    {"mailboxitem.export.all", exports},
    {"mailboxitem.importexport.all", {.read = true, .write = true, .exports = true}},
    {"mailboxitem.read.all", reads},
    {"mailboxitem.readwrite.all", writes},
    {"mailboxsettings.read", reads},
    {"mailboxsettings.readwrite", {.write = true}},
    {"pop.accessasapp", writes},
    {"smtp.sendasapp", sends},
    {"mail.read.all", reads},
    {"mail.readwrite.all", writes},
}};

using Table = std::unordered_map<std::string_view, MailReach>;

template <std::size_t N>
Table table_of(const std::array<Known, N>& known) {
  Table table;
  for (const Known& one : known) table.emplace(one.value, one.reach);
  return table;
}

// Asked for every scope of every grant: no allocation.
MailReach look_up(const Table& table, std::string_view value) {
  constexpr std::size_t length_max = 64;
  std::array<char, length_max> folded;
  if (value.size() > folded.size()) return {};
  std::transform(value.begin(), value.end(), folded.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const auto found = table.find(std::string_view(folded.data(), value.size()));
  return found != table.end() ? found->second : MailReach{};
}

}  // namespace

MailReach mail_reach_of_scope(std::string_view scope) {
  static const Table table = table_of(delegated);
  return look_up(table, scope);
}

MailReach mail_reach_of_app_role(std::string_view value) {
  static const Table table = table_of(application);
  return look_up(table, value);
}

MailReach operator|(const MailReach& a, const MailReach& b) {
  return {.read = a.read || b.read,
          .write = a.write || b.write,
          .send = a.send || b.send,
          .exports = a.exports || b.exports};
}

const std::vector<AppId>& mail_resources() {
  static const std::vector<AppId> ids = {
      AppId("00000003-0000-0000-c000-000000000000"), AppId("00000002-0000-0ff1-ce00-000000000000"),
      AppId("00000002-0000-0000-c000-000000000000"), AppId("c5393580-f805-4401-95e8-94b7a6ef2fc2")};
  return ids;
}

bool is_resource_api(const AppId& app) {
  const auto& ids = mail_resources();
  return std::find(ids.begin(), ids.end(), app) != ids.end();
}

bool is_microsoft_tenant(const TenantId& owner) {
  constexpr std::string_view ids[] = {"f8cdef31-a31e-4b4a-93e4-5f571e91255a",
                                      "72f988bf-86f1-41af-91ab-2d7cd011db47",
                                      "cdc5aeea-15c5-4db6-b079-fcadd2505dc2"};
  return std::find(std::begin(ids), std::end(ids), owner.str()) != std::end(ids);
}

Ownership ownership_of(const ServicePrincipal& app, const TenantId& own_tenant) {
  if (!app.owner_tenant || app.owner_tenant->empty()) return Ownership::unknown;
  if (is_microsoft_tenant(*app.owner_tenant)) return Ownership::microsoft;
  return *app.owner_tenant == own_tenant ? Ownership::own_tenant : Ownership::third_party;
}

}  // namespace clawback::domain
