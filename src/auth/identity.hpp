#pragma once

#include <string>
#include <variant>

#include "base/secret.hpp"
#include "http/message.hpp"

namespace clawback::auth {

struct ClientSecret {
  Secret value;
};

struct ClientCertificate {
  std::string certificate_pem;
  Secret key_pem;
};

using Credential = std::variant<ClientSecret, ClientCertificate>;

// An app registration of ours, in one tenant.
struct Identity {
  std::string name;  // "read" or "write": for messages
  std::string tenant_id;
  std::string client_id;
  http::Origin login;  // e.g. login.microsoftonline.com
  http::Origin graph;  // scope is "<graph origin>/.default"
  Credential credential;
};

}  // namespace clawback::auth
