#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <boost/json/object.hpp>
#include <memory>

#include "base/digest.hpp"
#include "lab/json_text.hpp"
#include "lab/jwt.hpp"
#include "lab/login.hpp"

// The code for a token: what the token endpoint does with grant_type=authorization_code.
namespace clawback::lab {
namespace {

constexpr std::int64_t life_s = 3900;

std::string field(const Form& form, const std::string& name) {
  const auto found = form.find(name);
  return found == form.end() ? std::string() : found->second;
}

std::string text_of(const json::object& object) {
  std::string text;
  append_json(text, object);
  return base64url(text);
}

struct BioFree {
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};

// The mistake behind "HS256 with the public key": a verifier that takes the PEM for a secret.
std::string public_pem(EVP_PKEY* key) {
  const std::unique_ptr<BIO, BioFree> bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_PUBKEY(bio.get(), key) != 1) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string hmac(std::string_view key, std::string_view text) {
  std::string out(32, '\0');
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(out.data()), &size);
  return out;
}

json::object claims_of(const Tenant& tenant, const User& user, const SignInCode& code,
                       const LoginRequest& request) {
  const std::int64_t now =
      std::chrono::floor<std::chrono::seconds>(request.now).time_since_epoch().count();
  const Sha256 pair = sha256(tenant.approve_client_id + user.id);
  json::object claims{{"ver", "2.0"},
                      {"iss", request.origin + "/" + tenant.id + "/v2.0"},
                      {"sub", base64url({reinterpret_cast<const char*>(pair.data()), pair.size()})},
                      {"aud", tenant.approve_client_id},
                      {"exp", now + life_s},
                      {"iat", now},
                      {"nbf", now},
                      {"auth_time", now},
                      {"tid", tenant.id}};
  if (!code.nonce.empty()) claims["nonce"] = code.nonce;
  if ((" " + code.scope + " ").contains(" profile ")) {
    claims["name"] = user.display_name;
    claims["preferred_username"] = user.user_principal_name;
    claims["oid"] = user.id;
  }
  return claims;
}

void falsify(json::object& header, json::object& claims, const LoginRequest& request,
             std::string_view forgery) {
  if (forgery == "alg-none") header = {{"typ", "JWT"}, {"alg", "none"}};
  if (forgery == "hs256") header["alg"] = "HS256";
  if (forgery == "unknown-kid") header["kid"] = "a-key-that-nobody-published";
  if (forgery == "wrong-tid") {
    const std::string other = random_guid();
    claims["tid"] = other;
    claims["iss"] = request.origin + "/" + other + "/v2.0";
  }
  if (forgery == "wrong-iss") claims["iss"] = "https://login.example/v2.0";
  if (forgery == "wrong-aud") claims["aud"] = random_guid();
  if (forgery == "expired") claims["exp"] = claims["iat"].as_int64() - 600;
  if (forgery == "open-session") claims["auth_time"] = claims["iat"].as_int64() - 600;
  if (forgery == "other-nonce") claims["nonce"] = base64url(random_bytes(32));
  if (forgery == "wrong-oid") claims["oid"] = random_guid();
}

std::string make_token(const Login& login, const json::object& header, const json::object& claims,
                       std::string_view forgery) {
  EVP_PKEY* const key = login.keys.signing.key.get();
  const std::string text = text_of(header) + "." + text_of(claims);
  if (forgery == "alg-none") return text + ".";
  if (forgery == "hs256") return text + "." + base64url(hmac(public_pem(key), text));
  std::string token = sign_jwt(key, header, claims);
  if (forgery == "bad-signature") token.back() = token.back() == 'A' ? 'Q' : 'A';
  return token;
}

std::optional<TokenRefusal> check_code(const SignInCode& code, const Form& form, Time now) {
  if (code.used) {
    return TokenRefusal{.error = "invalid_grant",
                        .code = 54005,
                        .message = "OAuth2 Authorization code was already redeemed."};
  }
  if (now >= code.until) {
    return TokenRefusal{.error = "invalid_grant",
                        .code = 70008,
                        .message = "The provided authorization code has expired."};
  }
  if (field(form, "redirect_uri") != code.redirect_uri) {
    return TokenRefusal{.error = "invalid_grant",
                        .code = 500112,
                        .message = "The reply address does not match the one of the code."};
  }
  const Sha256 digest = sha256(field(form, "code_verifier"));
  if (base64url({reinterpret_cast<const char*>(digest.data()), digest.size()}) != code.challenge) {
    return TokenRefusal{.error = "invalid_grant",
                        .code = 501481,
                        .message = "The Code_Verifier does not match the code_challenge."};
  }
  return std::nullopt;
}

}  // namespace

Reply redeem_code(Backend& backend, Login& login, const LoginRequest& request, const Form& form) {
  const Tenant& tenant = backend.store.truth().tenant();
  if (to_lower(field(form, "client_id")) != tenant.approve_client_id) {
    return token_error(request, {.error = "unauthorized_client",
                                 .code = 700016,
                                 .message = "The application was not found in the directory."});
  }
  if (form.contains("client_secret") || form.contains("client_assertion")) {
    return token_error(request, {.status = 401,
                                 .error = "invalid_client",
                                 .code = 700025,
                                 .message = "Client is public so neither 'client_assertion' nor "
                                            "'client_secret' should be presented."});
  }
  const auto found = login.codes.find(field(form, "code"));
  if (found == login.codes.end()) {
    return token_error(request, {.error = "invalid_grant",
                                 .code = 70000,
                                 .message = "The provided authorization code is malformed."});
  }
  if (const auto refusal = check_code(found->second, form, request.now)) {
    return token_error(request, *refusal);
  }
  found->second.used = true;
  const User* user = backend.store.truth().user(found->second.user_id);
  if (user == nullptr || !user->account_enabled) {
    return token_error(
        request,
        {.error = "invalid_grant", .code = 50057, .message = "The user account is disabled."});
  }
  json::object claims = claims_of(tenant, *user, found->second, request);
  const std::string id = signing_key_id(login);
  json::object header{{"typ", "JWT"}, {"alg", "RS256"}, {"kid", id}};
  falsify(header, claims, request, request.forgery);
  json::object body{{"token_type", "Bearer"},
                    {"scope", found->second.scope},
                    {"expires_in", life_s},
                    {"ext_expires_in", life_s},
                    {"access_token", "lab." + base64url(random_bytes(24))},
                    {"id_token", make_token(login, header, claims, request.forgery)}};
  Reply reply{.status = 200,
              .headers = {{"Content-Type", "application/json; charset=utf-8"},
                          {"Cache-Control", "no-store, no-cache"}}};
  append_json(reply.body, body);
  return reply;
}

}  // namespace clawback::lab
