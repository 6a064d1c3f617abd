#pragma once

#include <string>
#include <string_view>

#include "approval/approval.hpp"

namespace clawback::approval {

inline constexpr std::string_view payload_type = "application/vnd.clawback.approval.v1+json";

std::string_view name_of(Decision decision);  // "approve"

// The canonical JSON that is signed, and back. Reading is for bytes whose signature holds; a
// registered person may still have written nonsense: Errc::approval.
std::string payload_of(const Statement& statement);
Result<Statement> statement_from(std::string_view payload);

// What is signed: DSSE's pre-authentication encoding, so that no other kind of message can be
// meant.
std::string pre_authentication(std::string_view payload);
// base64url(SHA-256(PAE)): what an ID token's nonce has to be.
std::string nonce_of(std::string_view payload);

Error refused(std::string message);

}  // namespace clawback::approval
