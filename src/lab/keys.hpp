#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"

struct evp_pkey_st;

namespace clawback::lab {

struct PkeyFree {
  void operator()(evp_pkey_st* key) const noexcept;
};
using Pkey = std::unique_ptr<evp_pkey_st, PkeyFree>;

struct Certified {
  Pkey key{};
  std::string key_pem{};
  std::string certificate_pem{};
  std::string certificate_der{};
};

// Everything that the lab needs to prove who it is, made at start and never kept.
struct Keys {
  std::string ca_pem{};  // what a client has to trust
  Certified server{};    // localhost, 127.0.0.1, ::1
  Certified write{};     // RSA-2048: the write identity's client certificate
  Certified signing{};   // RSA-2048: signs access tokens
};
Result<Keys> make_keys();

}  // namespace clawback::lab
