#include "cli/exit_code.hpp"

namespace clawback::cli {

int exit_code_of(Errc code) {
  switch (code) {
    case Errc::invalid:
    case Errc::not_found:
      return exit_code::unusable;
    case Errc::approval:
      return exit_code::approval;
    case Errc::guard:
      return exit_code::guard;
    case Errc::stale:
    case Errc::conflict:
      return exit_code::stale;
    case Errc::outcome_unknown:
      return exit_code::partial;
    case Errc::incomplete:
    case Errc::not_licensed:
      return exit_code::incomplete;
    case Errc::unauthenticated:
    case Errc::denied:
      return exit_code::denied;
    case Errc::audit:
      return exit_code::audit;
    case Errc::internal:
    case Errc::throttled:
    case Errc::unavailable:
    case Errc::protocol:
    case Errc::io:
    case Errc::cancelled:
      return exit_code::failed;
  }
  return exit_code::failed;
}

}  // namespace clawback::cli
