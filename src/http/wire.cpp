#include "http/wire.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/digest.hpp"
#include "base/safe_text.hpp"

namespace clawback::http {
namespace {

constexpr std::string_view line_end = "\r\n";

Error unusable(std::string what) {
  return Error{.code = Errc::invalid, .message = "unusable request: " + std::move(what)};
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append(line_end);
}

Result<void> check_headers(const Headers& headers) {
  constexpr std::array<std::string_view, 4> ours = {"host", "content-length", "transfer-encoding",
                                                    "connection"};
  for (const Header& header : headers) {
    if (!is_token(header.name) || !is_header_value(header.value)) {
      return unusable("header " + printable(header.name));
    }
    if (std::ranges::find(ours, to_lower(header.name)) != ours.end()) {
      return unusable("the transport sets " + header.name);
    }
  }
  return {};
}

std::string host_header(const Origin& origin) {
  return origin.url().substr(std::string_view("https://").size());
}

std::string_view reason(int status) {
  constexpr std::array<std::pair<int, std::string_view>, 26> reasons = {{
      {100, "Continue"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {415, "Unsupported Media Type"},
      {421, "Misdirected Request"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
  }};
  const auto* found =
      std::ranges::find(reasons, status, [](const auto& pair) { return pair.first; });
  return found == reasons.end() ? std::string_view("Status") : found->second;
}

std::string status_and_headers(const Reply& reply) {
  std::string out = "HTTP/1.1 " + std::to_string(reply.status) + " ";
  out.append(reason(reply.status)).append(line_end);
  for (const Header& header : reply.headers) {
    if (is_token(header.name) && is_header_value(header.value)) {
      append_header(out, header.name, header.value);
    }
  }
  return out;
}

}  // namespace

bool is_token(std::string_view text) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  const auto allowed = [&](char c) {
    const bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return alnum || others.find(c) != std::string_view::npos;
  };
  return !text.empty() && std::ranges::all_of(text, allowed);
}

bool is_header_value(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

bool accepts_gzip(const Headers& headers) {
  const std::string* accepted = find(headers, "Accept-Encoding");
  if (accepted == nullptr) return false;
  const std::string list = to_lower(*accepted);
  const std::size_t begin = list.find("gzip");
  if (begin == std::string::npos) return false;
  const std::string_view coding =
      std::string_view(list).substr(begin, list.find(',', begin) - begin);
  const std::size_t weight = coding.find("q=");
  // q=0, q=0.0 …: refused.
  return weight == std::string_view::npos ||
         coding.find_first_of("123456789", weight) != std::string_view::npos;
}

Result<std::string> request_bytes(const Request& request) {
  const auto plain = [](char c) { return c > ' ' && c < '\x7f'; };
  if (!is_token(request.method)) return unusable("method " + printable(request.method));
  if (!request.target.starts_with('/') || !std::ranges::all_of(request.target, plain)) {
    return unusable("target " + printable(request.target));
  }
  if (const auto checked = check_headers(request.headers); !checked) return checked.error();

  std::string out;
  out.reserve(512 + request.target.size() + request.body.size());
  out.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  append_header(out, "Host", host_header(request.origin));
  for (const Header& header : request.headers) append_header(out, header.name, header.value);
  if (find(request.headers, "User-Agent") == nullptr) {
    append_header(out, "User-Agent", "clawback/" CLAWBACK_VERSION);
  }
  if (find(request.headers, "Accept-Encoding") == nullptr) {
    append_header(out, "Accept-Encoding", "gzip");
  }
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (!request.body.empty() || !reads) {
    append_header(out, "Content-Length", std::to_string(request.body.size()));
  }
  out.append(line_end).append(request.body);
  return out;
}

std::string reply_head(const Reply& reply, std::size_t body_size, bool keep_alive) {
  std::string out = status_and_headers(reply);
  if (has_body(reply.status)) append_header(out, "Content-Length", std::to_string(body_size));
  if (!keep_alive) append_header(out, "Connection", "close");
  return out.append(line_end);
}

std::string stream_head(const Reply& reply, bool chunks) {
  std::string out = status_and_headers(reply);
  if (chunks) append_header(out, "Transfer-Encoding", "chunked");
  append_header(out, "Connection", "close");
  return out.append(line_end);
}

}  // namespace clawback::http
