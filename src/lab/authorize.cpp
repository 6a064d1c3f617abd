#include <fmt/format.h>

#include <algorithm>

#include "base/digest.hpp"
#include "base/safe_text.hpp"
#include "lab/login.hpp"
#include "lab/query.hpp"

// The authorization endpoint: a person signs in, and the browser takes a code back to the app.
namespace clawback::lab {
namespace {

constexpr std::chrono::minutes code_life{10};
constexpr std::size_t codes_max = 1000;
constexpr std::string_view local = "http://localhost";

std::string field(const Form& form, const std::string& name) {
  const auto found = form.find(name);
  return found == form.end() ? std::string() : found->second;
}

// Registered is http://localhost: any port matches, no path does. What else is registered matches
// as a whole.
bool is_registered_redirect(std::string_view uri, const std::vector<std::string>& registered) {
  if (std::ranges::find(registered, uri) != registered.end()) return true;
  if (!uri.starts_with(local)) return false;
  uri.remove_prefix(local.size());
  if (uri.ends_with('/')) uri.remove_suffix(1);
  if (uri.empty()) return true;
  if (!uri.starts_with(':') || uri.size() > 6) return false;
  uri.remove_prefix(1);
  return !uri.empty() && std::ranges::all_of(uri, [](char c) { return c >= '0' && c <= '9'; });
}

Reply page(int status, const std::string& text) {
  return {.status = status,
          .headers = {{"Content-Type", "text/html; charset=utf-8"}, {"Cache-Control", "no-store"}},
          .body = "<!doctype html><title>Sign in to the lab</title>" + text};
}

Reply refusal_page(int code, const std::string& message) {
  return page(400, fmt::format("<p>AADSTS{}: {}</p>", code, html_escape(message)));
}

Reply back(const Form& form, const std::vector<std::pair<std::string, std::string>>& answer) {
  std::string location = field(form, "redirect_uri");
  if (!location.ends_with('/')) location += '/';
  char separator = '?';
  for (const auto& [name, value] : answer) {
    location += fmt::format("{}{}={}", separator, name, percent_encode(value));
    separator = '&';
  }
  if (form.contains("state")) location += "&state=" + percent_encode(form.at("state"));
  return {.status = 302, .headers = {{"Location", location}, {"Cache-Control", "no-store"}}};
}

Reply back_with_error(const Form& form, const std::string& error, int code,
                      const std::string& message) {
  return back(
      form, {{"error", error}, {"error_description", fmt::format("AADSTS{}: {}", code, message)}});
}

// Who may be chosen: a person clicks where a test says login_hint.
Reply choice(const Backend& backend, const LoginRequest& request) {
  const Tenant& tenant = backend.store.truth().tenant();
  std::string text = "<p>The lab's sign-in. As whom?</p><ul>";
  for (const std::string& id : tenant.approvers) {
    const User* user = backend.store.truth().user(id);
    if (user == nullptr) continue;
    text += fmt::format("<li><a href=\"?{}\">{}</a></li>",
                        html_escape(request.query + "&login_hint=" + id),
                        html_escape(user->display_name));
  }
  text += fmt::format("<li><a href=\"?{}\">Cancel</a></li></ul><form>",
                      html_escape(request.query + "&lab_cancel=1"));
  for (const auto& [name, value] : read_pairs(request.query).value_or(Form())) {
    text += fmt::format("<input type=\"hidden\" name=\"{}\" value=\"{}\">", html_escape(name),
                        html_escape(value));
  }
  return page(200, text +
                       "<label>Somebody else (object id or user principal name): "
                       "<input name=\"login_hint\"></label> <button>Sign in</button></form>");
}

}  // namespace

Reply authorize(Backend& backend, Login& login, const LoginRequest& request) {
  const Tenant& tenant = backend.store.truth().tenant();
  const std::string asked = to_lower(request.tenant);
  if (asked != tenant.id && asked != tenant.domain) {
    return refusal_page(90002, "Tenant '" + request.tenant + "' not found.");
  }
  const auto form = read_pairs(request.query);
  if (!form || to_lower(field(*form, "client_id")) != tenant.approve_client_id) {
    return refusal_page(700016, "The application was not found in the directory.");
  }
  // Until the address is known to be the app's, nothing is sent there, not even an error.
  if (!is_registered_redirect(field(*form, "redirect_uri"), backend.options.redirect_uris)) {
    return refusal_page(50011, "The redirect URI does not match those of the application.");
  }
  if (field(*form, "response_type") != "code") {
    return back_with_error(*form, "unsupported_response_type", 700054,
                           "response_type is not enabled for the application.");
  }
  if (field(*form, "response_mode") != "query" && form->contains("response_mode")) {
    return back_with_error(*form, "invalid_request", 70007, "'response_mode' is not supported.");
  }
  if (field(*form, "code_challenge_method") != "S256" ||
      field(*form, "code_challenge").size() != 43) {
    return back_with_error(*form, "invalid_request", 9002325,
                           "Proof Key for Code Exchange is required.");
  }
  if (!(" " + field(*form, "scope") + " ").contains(" openid ")) {
    return back_with_error(*form, "invalid_scope", 70011, "The scope 'openid' is missing.");
  }
  if (form->contains("lab_cancel")) {
    return back_with_error(*form, "access_denied", 65004, "User declined to consent.");
  }
  if (!form->contains("login_hint")) return choice(backend, request);
  const User* user = backend.store.truth().user(form->at("login_hint"));
  if (user == nullptr) {
    return back_with_error(*form, "invalid_request", 50034, "The user account does not exist.");
  }
  if (!user->account_enabled) {
    return back_with_error(*form, "access_denied", 50057, "The user account is disabled.");
  }
  std::erase_if(login.codes, [&](const auto& one) { return one.second.until <= request.now; });
  if (login.codes.size() >= codes_max) login.codes.clear();
  const std::string code = "lab." + base64url(random_bytes(32));
  login.codes[code] = {.redirect_uri = field(*form, "redirect_uri"),
                       .challenge = field(*form, "code_challenge"),
                       .scope = field(*form, "scope"),
                       .nonce = field(*form, "nonce"),
                       .user_id = user->id,
                       .until = request.now + code_life};
  return back(*form, {{"code", code}});
}

}  // namespace clawback::lab
