#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "domain/snapshot.hpp"
#include "evidence/countries.hpp"
#include "evidence/relevance.hpp"
#include "evidence/smallest.hpp"

namespace clawback::evidence {

// About how much memory what is kept of each log may take.
struct KeepLimits {
  std::size_t audits = 48u << 20u;
  std::size_t sign_ins = 16u << 20u;
  std::size_t user_countries = 16u << 20u;
  std::size_t mail_accesses = 8u << 20u;
  std::size_t mailbox_changes = 4u << 20u;
};

// What is kept of the logs, however long they are:
// - audits of relevant activities, one of each id;
// - of sign-ins to applications that are not Microsoft's the first of each (user, application,
//   address, day, success), client, protocol and user agent, so that a second program shows;
// - of all sign-ins that succeeded the user and country: what is usual for him;
// - mailbox reads by applications that are not Microsoft's, each record counted once, together by
//   (mailbox, client, application, address, client info, day);
// - all changes of mailboxes.
// Beyond a limit, `put_into` makes the coverage of that source partial. The result depends on the
// records alone: not on their order, on repeated ones, nor on how they were shared among keepers.
class Keeper {
 public:
  Keeper(const MicrosoftApps& microsoft, const KeepLimits& limits);

  // Takes the records of logs out of `from`; the directory's objects stay there. Where sign-ins
  // came from goes into `countries`, where it fits in and is given, for a later `take` of its rows.
  void take(domain::Snapshot& from, Countries* countries = nullptr);
  void take(std::vector<domain::UserCountry> rows);
  // Empties `other`.
  void merge(Keeper& other);
  [[nodiscard]] std::size_t bytes() const;

  // Adds what was kept. Names of sources of which there was more than fits.
  std::vector<std::string> put_into(domain::Snapshot& to);

 private:
  // One of several records with the same id: the same one whichever came first.
  template <class Record>
  struct First {
    Record record;
    std::size_t size = 0;
    void add(First&& other);
    [[nodiscard]] std::size_t bytes() const { return size; }
  };
  struct Stay {
    domain::UserCountry row;
    void add(Stay&& other);
    [[nodiscard]] std::size_t bytes() const { return sizeof(Stay) + row.user.str().size(); }
  };
  struct Reads {
    struct One {
      std::uint64_t items = 0;
      std::uint64_t syncs = 0;
    };
    domain::MailAccess all;
    boost::unordered_flat_map<std::uint64_t, One> records;  // by a hash of the record's id
    std::uint64_t hash_max = UINT64_MAX;                    // records above are not counted
    std::size_t size = 0;
    void add(Reads&& other);
    void count(std::uint64_t hash, const One& one);
    bool put_records();
    [[nodiscard]] std::size_t bytes() const { return size; }
  };

  void take_sign_in(domain::SignIn&& sign_in, Countries* countries);
  void take_access(domain::MailAccess&& access);

  const MicrosoftApps& microsoft_;
  Smallest<First<domain::AuditEvent>> audits_;
  Smallest<First<domain::SignIn>> sign_ins_;
  Smallest<Stay> stays_;
  Smallest<Reads> reads_;
  Smallest<First<domain::MailboxChange>> changes_;
};

}  // namespace clawback::evidence
