#include "detect/client_facts.hpp"

#include <algorithm>
#include <array>

#include "base/digest.hpp"

namespace clawback::detect {
namespace {

constexpr std::size_t looked_at_max = 512;

// Tools that somebody types or writes a few lines for; no mail program for people shows them. The
// built-in ones are parts of honest programs as well.
constexpr std::array<ScriptAgent, 17> scripts = {{
    {"python-requests", "the Python library requests, which token tools are written with", false},
    {"python-urllib", "Python's own urllib", false},
    {"python-httpx", "the Python library httpx", false},
    {"python/", "a Python program", false},
    {"aiohttp/", "the Python library aiohttp, which token tools are written with", false},
    {"curl/", "the command line tool curl", false},
    {"wget/", "the command line tool wget", false},
    {"powershell/", "PowerShell", false},
    {"windowspowershell/", "PowerShell", false},
    {"postmanruntime/", "Postman, for trying out requests by hand", false},
    {"libwww-perl/", "Perl's libwww", false},
    {"go-http-client", "Go's own HTTP client", true},
    {"okhttp/", "the Java library okhttp", true},
    {"axios/", "the JavaScript library axios", true},
    {"node-fetch", "the JavaScript library node-fetch", true},
    {"java/", "Java's own HTTP client", true},
    {"apache-httpclient/", "the Java library HttpClient", true},
}};

// Browsers and programs that call themselves Mozilla: the most telling first.
constexpr std::array<std::string_view, 8> mozillas = {
    "thunderbird", "evolution", "edg", "opr", "firefox", "chrome", "crios", "safari"};

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool begins_word(std::string_view text, std::size_t at) {
  return at == 0 || !is_word(text[at - 1]);
}

bool has_token(std::string_view text, std::string_view token) {
  for (std::size_t at = text.find(token); at != std::string_view::npos;
       at = text.find(token, at + 1)) {
    if (begins_word(text, at)) return true;
  }
  return false;
}

}  // namespace

const ScriptAgent* script_in(std::string_view agent) {
  const std::string text = to_lower(agent.substr(0, looked_at_max));
  const auto found = std::find_if(scripts.begin(), scripts.end(), [&](const ScriptAgent& one) {
    return has_token(text, one.token);
  });
  return found != scripts.end() ? &*found : nullptr;
}

bool is_browser(std::string_view agent) {
  return to_lower(agent.substr(0, 8)) == "mozilla/" && family_of(agent) != "thunderbird" &&
         family_of(agent) != "evolution";
}

std::string family_of(std::string_view agent) {
  constexpr std::size_t family_max = 40;
  std::string text = to_lower(agent.substr(0, looked_at_max));
  text.erase(0, std::min(text.find_first_not_of(" \t"), text.size()));
  if (text.starts_with("mozilla/")) {
    for (const std::string_view name : mozillas) {
      if (has_token(text, std::string(name) + "/")) return std::string(name);
    }
    return "mozilla";
  }
  text.resize(std::min({text.find_first_of("/([;,"), text.size(), family_max}));
  text.resize(text.find_last_not_of(" \t.0123456789") + 1);
  return text;
}

bool is_catalogued_client(const policy::CatalogEntry* entry) {
  using policy::Disposition;
  return entry != nullptr && entry->disposition != Disposition::learn_at_runtime &&
         entry->disposition != Disposition::do_not_use;
}

bool runs_on_servers(const policy::CatalogEntry& entry) {
  return entry.kind == "cloud_relay_mail_client" || entry.kind == "contact_harvest" ||
         entry.kind == "phishing_host";
}

bool is_mail_client(const policy::CatalogEntry& entry) {
  return entry.kind == "abused_mail_client" || entry.kind == "benign_mail_client";
}

bool is_common_client(const policy::CatalogEntry& entry) {
  using policy::Disposition;
  const bool baseline = entry.disposition == Disposition::baseline ||
                        entry.disposition == Disposition::baseline_with_mismatch_check;
  return baseline && !policy::is_weak(entry);
}

}  // namespace clawback::detect
