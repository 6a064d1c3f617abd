#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "auth/token.hpp"
#include "base/json.hpp"
#include "base/safe_text.hpp"

namespace clawback::auth {
namespace {

constexpr std::size_t body_bytes_max = 64u << 10u;
constexpr std::string_view prefix = "AADSTS";

struct Meaning {
  std::int64_t code;
  std::string_view words;
  std::string_view hint;
};

constexpr std::string_view check_tenant = "check [tenant] id in clawback.toml and [cloud] login";
constexpr std::string_view check_client =
    "check client_id in clawback.toml and the tenant it is for";
constexpr std::string_view check_certificate =
    "upload the certificate to the app registration (Certificates & secrets), or point "
    "`certificate` and "
    "`key` at the one that is there";
constexpr std::string_view new_secret =
    "make a new client secret in the app registration (Certificates & secrets) and store its "
    "value, not "
    "its id";
constexpr std::string_view enable_app =
    "enable the enterprise application of this app registration";
constexpr std::string_view grant_consent =
    "an administrator has to grant this app registration's permissions (API permissions)";

constexpr std::array<Meaning, 34> meanings = {{
    {50011, "the address that the sign-in returns to is not registered",
     "add http://localhost to the approvals app under Mobile and desktop applications"},
    {50012, "the client assertion is not accepted", check_certificate},
    {50013, "the client assertion is not valid", check_certificate},
    {50034, "the account does not exist in this tenant", check_tenant},
    {50048, "issuer and subject of the client assertion differ", "this is a mistake in clawback"},
    {50057, "the account is disabled", "enable it, or sign in with another one"},
    {50105, "the application requires an assignment that is missing",
     "assign it, or lift the requirement"},
    {50173, "the sign-in was revoked", "sign in again"},
    {50194, "the application is not multi-tenant", check_tenant},
    {50196, "too many equal sign-ins in a short time", "wait some minutes"},
    {53003, "a Conditional Access policy blocks this sign-in",
     "look it up in the sign-in log; exempt this workload identity or its address"},
    {54005, "the sign-in was used already", "sign in again"},
    {65001, "consent is missing", grant_consent},
    {65004, "the person did not agree", "sign in again, and agree"},
    {70001, "the application is disabled", enable_app},
    {70008, "the sign-in took too long", "sign in again"},
    {70011, "the scope is not valid",
     "check [cloud] graph: the scope is its address and /.default"},
    {90002, "the tenant does not exist", check_tenant},
    {90014, "a field of the sign-in request is missing", "check client_id and credential"},
    {90019, "no tenant could be found in the request", check_tenant},
    {90094, "an administrator's consent is required", grant_consent},
    {500011, "the resource does not exist in this tenant", "check [cloud] graph"},
    {650052, "the tenant has no subscription to the service", "check [cloud] graph"},
    {700016, "the application does not exist in this tenant", check_client},
    {700024, "the client assertion is outside its time", "set this machine's clock"},
    {700027, "the certificate is not registered for this application, or its signature is wrong",
     check_certificate},
    {700030, "the certificate is not valid", check_certificate},
    {700213, "no federated credential matches the assertion",
     "compare issuer, subject and audience of the federated credential"},
    {900144, "a field of the sign-in request is missing", "check client_id and credential"},
    {7000112, "the application is disabled", enable_app},
    {7000215, "the client secret is wrong", new_secret},
    {7000218, "the application asks for a credential",
     "allow public client flows in the approvals app (Authentication)"},
    {7000222, "the client secret has expired", new_secret},
    {9001023, "this sign-in needs a tenant of its own", check_tenant},
}};

std::optional<std::int64_t> code_in(std::string_view description) {
  const std::size_t begin = description.find(prefix);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::string_view digits = description.substr(begin + prefix.size());
  std::int64_t code = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), code);
  if (parsed.ec != std::errc() || code <= 0) return std::nullopt;
  return code;
}

std::optional<std::int64_t> code_of(const json::value& body, std::string_view description) {
  const json::array* codes = array_at(body, "error_codes");
  if (codes != nullptr && !codes->empty() && codes->front().is_int64()) {
    return codes->front().get_int64();
  }
  return code_in(description);
}

void redact(std::string& text, std::string_view secret) {
  if (secret.empty()) return;
  for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
    text.replace(at, secret.size(), "[secret]");
    at += std::string_view("[secret]").size();
  }
}

// What the service says, on one line and without the trace ids, which become details. A service
// that sends our secret back, or a long token, does not get it into our log that way.
std::string said(std::string description, const Credential& credential) {
  if (const auto* secret = std::get_if<ClientSecret>(&credential)) {
    redact(description, secret->value.reveal());
    redact(description, percent_encode(secret->value.reveal()));
  }
  description.resize(std::min(description.find_first_of("\r\n"), description.size()));
  return printable(description, 160);
}

Errc code_for(int status) {
  if (status == 429) return Errc::throttled;
  return status >= 500 ? Errc::unavailable : Errc::unauthenticated;
}

void add_detail(Error& error, const json::value& body, std::string_view name) {
  if (const auto text = string_at(body, name))
    error.details.emplace_back(name, printable(*text, 80));
}

}  // namespace

Error explain_token_error(int status, const std::string& body, const Identity& identity) {
  Error error{
      .code = code_for(status),
      .message = "sign-in of identity \"" + identity.name + "\" (" + identity.client_id + ")"};
  error.details.emplace_back("status", std::to_string(status));
  const auto parsed = parse_json(body, JsonLimits{.depth = 8, .bytes = body_bytes_max});
  const auto name = parsed ? string_at(*parsed, "error") : std::nullopt;
  if (!name) {
    error.message += ": the token service answered with status " + std::to_string(status);
    error.hint = "is [cloud] login right, and nothing between us and it?";
    return error;
  }
  add_detail(error, *parsed, "error");
  const auto description = string_at(*parsed, "error_description").value_or("");
  const auto code = code_of(*parsed, description);
  if (code) error.details.emplace_back("aadsts", std::to_string(*code));
  add_detail(error, *parsed, "trace_id");
  add_detail(error, *parsed, "correlation_id");
  add_detail(error, *parsed, "timestamp");
  const auto* meaning = std::ranges::find(meanings, code.value_or(0), &Meaning::code);
  if (meaning != meanings.end()) {
    error.message +=
        ": " + std::string(prefix) + std::to_string(*code) + ": " + std::string(meaning->words);
    error.hint = meaning->hint;
    return error;
  }
  const std::string words = said(description, identity.credential);
  error.message += ": " + (words.empty() ? printable(*name, 80) : words);
  error.hint = "look the code up at https://login.microsoftonline.com/error";
  return error;
}

}  // namespace clawback::auth
