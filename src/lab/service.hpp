#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lab/call.hpp"
#include "lab/faults.hpp"
#include "lab/keys.hpp"
#include "lab/login.hpp"
#include "lab/routes.hpp"
#include "lab/server.hpp"
#include "lab/throttle.hpp"

namespace clawback::lab {

// The simulated login and Graph, without sockets: a request in, an answer out.
class Service {
 public:
  // `keys` must outlive the service. `now` is its clock.
  Service(const Options& options, const Keys& keys, std::function<Time()> now);

  // The names the lab is reached by, e.g. "https://localhost:8443"; the first stands in links.
  void set_origins(std::vector<std::string> origins);
  Reply handle(const http::Request& request);

  void with_tenant(const std::function<void(Tenant&)>& look) { backend_.store.look(look); }
  [[nodiscard]] const std::vector<Seen>& seen() const { return seen_; }
  void clear_seen() { seen_.clear(); }
  void set_faults(std::vector<Fault> faults) { faults_ = Faults(std::move(faults)); }
  void set_witness(Witness witness) { witness_ = std::move(witness); }
  [[nodiscard]] const Tenant& tenant() const { return backend_.store.truth().tenant(); }
  [[nodiscard]] const std::string& read_secret() const { return login_.read_secret; }

 private:
  Reply login(const http::Request& request, std::string_view path, const Call& ids);
  Reply graph(const http::Request& request, Call call);
  // One operation: of a request, or of an item of a batch.
  Reply operate(Call call, const Parsed<Caller>& caller);
  Reply perform(const Matched& matched, Call& call);
  Reply batch(const Call& call);
  std::optional<Reply> throttled(const Route& route, const Call& call);
  void remember(std::string_view operation, const Call& call, const Reply& reply);
  std::string origin_of(const http::Request& request) const;

  Backend backend_;
  Login login_;
  std::function<Time()> now_;
  Faults faults_;
  Throttle throttle_;
  std::vector<Seen> seen_;
  Witness witness_;
};

// The parts of a $batch envelope; the service answers its items.
struct BatchItem {
  std::string id{};
  std::vector<std::string> depends_on{};
  Call call{};
};
Parsed<std::vector<BatchItem>> read_batch(const Call& envelope);
std::string batch_response(const std::string& id, const Reply& reply);

}  // namespace clawback::lab
