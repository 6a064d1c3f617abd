#pragma once

#include <functional>
#include <string>
#include <variant>

#include "approval/approval.hpp"
#include "cli/arguments.hpp"
#include "cli/config.hpp"

// How a registered person signs a statement: with a key, or by signing in with Entra.
namespace clawback::cli {

struct KeySigner {
  Secret pem;
  Secret passphrase;
};
struct EntraSigner {
  approval::Account account;
};
using Signer = std::variant<KeySigner, EntraSigner>;

// Whoever signs must be registered with this very key or an Entra account: a signature that `apply`
// would refuse helps nobody. Asks for the passphrase. Errc::invalid, Errc::approval.
Result<Signer> prepare_signer(const SignerArguments& arguments, const Config& config,
                              const Context& context);

// The envelope. `make` gives the statement at the moment at which it is signed. A sign-in prints
// its address to stderr and waits; the token that comes back is checked in full, as `apply` will.
Result<std::string> sign_statement(const Signer& signer, const SignerArguments& arguments,
                                   const std::function<approval::Statement(Time)>& make,
                                   const Config& config, const Context& context);

// Errc::invalid for a reason that is empty or longer than anybody reads.
Result<void> check_reason(const std::string& reason);
// A new nonce for a statement.
std::string new_nonce();

}  // namespace clawback::cli
