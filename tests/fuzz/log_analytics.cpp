#include "evidence/log_analytics.hpp"

#include <cstdint>
#include <string_view>

#include "round_trip.hpp"

// Any object as a diagnostic record or row gives at most one entity, which can be kept.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace clawback;
  const auto record = parse_json({reinterpret_cast<const char*>(data), size});
  if (!record || !record->is_object()) return 0;
  domain::Snapshot to;
  const auto taken = evidence::take_log_analytics(to, *record);
  const std::size_t entities =
      to.audits.size() + to.sign_ins.size() + to.mail_accesses.size() + to.mailbox_changes.size();
  if (entities != (taken.fate == evidence::Fate::added ? 1 : 0)) std::abort();
  if (taken.why.empty() != (taken.fate != evidence::Fate::refused)) std::abort();
  fuzz::check_round_trip(std::move(to));
  return 0;
}
