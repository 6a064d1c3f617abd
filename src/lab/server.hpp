#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "lab/tenant.hpp"

namespace clawback::lab {

// What the simulated service does wrong, per operation. Rules are tried in order; the first that
// matches and has `times` left is applied.
struct Fault {
  enum class Kind : std::uint8_t {
    status,
    delay,
    reset_before,
    reset_after,
    truncate,
    garbage,
    expired_token,
    id_token
  };
  Kind kind = Kind::status;
  std::string operation{};  // operation id, e.g. "oauth2PermissionGrant_delete"; "*": every one
  int after = 0;            // let this many matching requests pass first
  int times = 1;            // then apply this often; -1: always
  int status = 503;         // for Kind::status
  std::optional<std::string> retry_after{};  // the header's text
  std::chrono::milliseconds delay{0};        // for Kind::delay
  // For Kind::id_token of operation sts_code, what is wrong with the token: alg-none, hs256 (signed
  // with the public key), unknown-kid, bad-signature, wrong-tid, wrong-iss, wrong-aud, wrong-oid,
  // expired, open-session, other-nonce.
  std::string forgery{};
  // reset_before: the connection is closed and nothing was done. reset_after: done, then closed.
};

struct Options {
  TenantSpec tenant{};
  std::uint16_t port = 0;                   // 0: ephemeral
  std::chrono::milliseconds latency{0};     // added to every answer
  std::chrono::milliseconds visibility{0};  // writes show up in reads only after this (trap 12)
  bool throttle = false;                    // enforce the published limits of reference section C
  std::vector<Fault> faults{};
  int page_default = 100;  // page size without $top
  std::chrono::seconds token_life{3599};
  std::string read_secret{};               // empty: made at random
  std::vector<std::string> read_roles{};   // application permissions; empty: what clawback asks for
  std::vector<std::string> write_roles{};  // likewise
  // The opt-in permissions of disable-inbox-rule, too. Without them no identity reaches a mailbox.
  bool mailbox_settings = false;
  std::vector<std::string> read_denied{};  // taken away from these
  // Registered besides http://localhost for sign-ins of people: whole https addresses.
  std::vector<std::string> redirect_uris{};
  std::vector<std::string> write_denied{};
  int empty_page_every = 0;                // every n-th page is empty but has a next link; 0: none
  bool create_ignores_disabled = false;    // a new service principal is enabled, whatever was sent
  std::vector<std::string> uncreatable{};  // app ids that are gone or disabled at their home
  std::chrono::milliseconds audit_latency{0};  // of audit records; 0: twice `visibility`
};

// One request that reached the service (inside a $batch: each item), for tests.
struct Seen {
  std::string operation{};
  std::string method{};
  std::string path{};
  std::string body{};
  std::string client_request_id{};
  int status = 0;
};

class Store;
struct Reply;

// Somebody who watches every operation (inside a $batch: each item, between the two calls for the
// envelope) and may change the tenant meanwhile, for tests. Called on the server's thread before
// the operation, with a null answer, and after it, with the answer as it will leave.
using Witness = std::function<void(Store& store, const Seen& request, const Reply* answer)>;

// The lab as an HTTPS server on its own thread, with a CA and a server certificate made at start.
// It plays login and Graph on one origin (https://localhost:PORT).
class Server {
 public:
  static Result<std::unique_ptr<Server>> start(const Options& options);
  ~Server();

  [[nodiscard]] std::string url() const;  // "https://localhost:PORT"
  [[nodiscard]] const std::string& ca_pem() const;
  [[nodiscard]] const std::string& tenant_id() const;
  [[nodiscard]] const std::string& read_client_id() const;
  [[nodiscard]] const std::string& read_secret() const;
  [[nodiscard]] const std::string& write_client_id() const;
  [[nodiscard]] const std::string& write_certificate_pem() const;
  [[nodiscard]] const std::string& write_key_pem() const;

  // Writes clawback.toml, ca.pem, read.secret, write.pem, write.key (secrets 0600) into `folder`,
  // ready for `clawback --config FOLDER/clawback.toml`; the state database is FOLDER/clawback.db.
  [[nodiscard]] Result<void> write_config(const std::filesystem::path& folder,
                                          const std::filesystem::path& policy_folder) const;

  // Runs `look` on the server's thread, while no request is being answered.
  void with_tenant(const std::function<void(Tenant&)>& look);
  [[nodiscard]] std::vector<Seen> seen() const;
  void clear_seen();
  void set_faults(std::vector<Fault> faults);
  void set_witness(Witness witness);
  // Another tenant, with other options, at the same address and with the same keys.
  void begin_again(const Options& options);

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace clawback::lab
