#include "lab/seal.hpp"

#include "base/digest.hpp"

namespace clawback::lab {
namespace {

constexpr std::size_t mark_size = 12;

std::string joined(std::string_view key, std::string_view purpose, std::string_view text) {
  std::string out(key);
  out.push_back('\0');
  out += purpose;
  out.push_back('\0');
  out += text;
  return out;
}

std::string mark_of(std::string_view key, std::string_view purpose, std::string_view text) {
  const Sha256 digest = sha256(joined(key, purpose, text));
  return {digest.begin(), digest.begin() + mark_size};
}

std::string masked(std::string_view key, std::string_view mark, std::string_view text) {
  std::string out(text);
  Sha256 block{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i % block.size() == 0) block = sha256(joined(key, mark, std::to_string(i)));
    out[i] = static_cast<char>(static_cast<unsigned char>(out[i]) ^ block[i % block.size()]);
  }
  return out;
}

}  // namespace

std::string seal(std::string_view key, std::string_view purpose, std::string_view text) {
  const std::string mark = mark_of(key, purpose, text);
  return base64url(mark + masked(key, mark, text));
}

std::optional<std::string> unseal(std::string_view key, std::string_view purpose,
                                  std::string_view token) {
  const auto bytes = from_base64url(token);
  if (!bytes || bytes->size() < mark_size) return std::nullopt;
  const std::string mark = bytes->substr(0, mark_size);
  std::string text = masked(key, mark, std::string_view(*bytes).substr(mark_size));
  if (mark_of(key, purpose, text) != mark) return std::nullopt;
  return text;
}

}  // namespace clawback::lab
