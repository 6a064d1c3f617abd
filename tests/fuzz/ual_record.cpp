#include <cstdint>
#include <string_view>

#include "evidence/record.hpp"
#include "evidence/unified_audit.hpp"
#include "round_trip.hpp"

// Any object as a record of the Unified Audit Log gives at most one entity, which can be kept.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace clawback;
  const auto record = parse_json({reinterpret_cast<const char*>(data), size});
  if (!record) return 0;
  domain::Snapshot direct;
  const auto taken = evidence::take_unified_audit(direct, *record);
  const std::size_t entities = direct.audits.size() + direct.sign_ins.size() +
                               direct.mail_accesses.size() + direct.mailbox_changes.size();
  if (entities != (taken.fate == evidence::Fate::added ? 1 : 0)) std::abort();
  if (taken.why.empty() != (taken.fate != evidence::Fate::refused)) std::abort();
  fuzz::check_round_trip(std::move(direct));
  domain::Snapshot any;
  evidence::take_record(any, *record);
  fuzz::check_round_trip(std::move(any));
  return 0;
}
