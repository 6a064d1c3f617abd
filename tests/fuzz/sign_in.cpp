#include <cstdint>
#include <string_view>

#include "evidence/record.hpp"
#include "graph/parse.hpp"
#include "round_trip.hpp"

// Any object as an entity of Graph's logs and reports can be kept.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace clawback;
  const auto record = parse_json({reinterpret_cast<const char*>(data), size});
  if (!record) return 0;
  domain::Snapshot to;
  auto sign_in = graph::parse_sign_in(*record);
  if (sign_in) {
    if (graph::is_of_no_user(*record)) std::abort();
    to.sign_ins.push_back(std::move(*sign_in));
  }
  auto event = graph::parse_audit_event(*record);
  if (event) to.audits.push_back(std::move(*event));
  auto activity = graph::parse_app_activity(*record);
  if (activity) to.app_activities.push_back(std::move(*activity));
  evidence::take_record(to, *record);
  fuzz::check_round_trip(std::move(to));
  return 0;
}
