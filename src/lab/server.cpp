#include "lab/server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <optional>
#include <thread>
#include <utility>

#include "http/tls_server.hpp"
#include "lab/config.hpp"
#include "lab/keys.hpp"
#include "lab/service.hpp"

namespace clawback::lab {

namespace asio = boost::asio;

struct Server::State {
  State(const Options& options, Keys made)
      : keys(std::move(made)), service(std::in_place, options, keys, [] { return system_now(); }) {}

  // Runs `task` on the server's thread and waits for it: the service belongs to that thread. What
  // it throws is thrown here.
  void ask(std::function<void()> task) {
    std::packaged_task<void()> job(std::move(task));
    auto done = job.get_future();
    asio::post(loop, [job = std::move(job)]() mutable { job(); });
    done.get();
  }

  Keys keys;
  std::optional<Service> service;
  asio::io_context loop{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{loop.get_executor()};
  std::unique_ptr<http::TlsServer> listener;
  std::thread thread;
  std::vector<std::string> origins;
  Access access;
};

namespace {

asio::awaitable<http::Reply> answer(std::optional<Service>& service, http::Request request) {
  Reply reply = service->handle(request);
  http::Reply out;
  out.status = reply.status;
  out.headers = std::move(reply.headers);
  out.body = std::move(reply.body);
  out.delay = reply.delay;
  out.reset = reply.reset;
  out.cut_after = reply.cut_after;
  co_return out;
}

Access access_of(const Service& service, const Keys& keys, const std::string& url) {
  const Tenant& tenant = service.tenant();
  std::vector<Access::Person> approvers;
  for (const std::string& id : tenant.approvers) {
    approvers.push_back({.name = tenant.users.at(id).display_name, .object = id});
  }
  return {.url = url,
          .tenant_id = tenant.id,
          .tenant_name = tenant.name,
          .ca_pem = keys.ca_pem,
          .read_client_id = tenant.read_client_id,
          .read_secret = service.read_secret(),
          .write_client_id = tenant.write_client_id,
          .write_certificate_pem = keys.write.certificate_pem,
          .write_key_pem = keys.write.key_pem,
          .approve_client_id = tenant.approve_client_id,
          .approvers = std::move(approvers)};
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const Options& options) {
  auto keys = make_keys();
  if (!keys) return keys.error();
  auto state = std::make_unique<State>(options, *std::move(keys));
  http::TlsServerOptions listening;
  listening.certificate_pem = state->keys.server.certificate_pem;
  listening.key_pem = state->keys.server.key_pem;
  listening.port = options.port;
  std::optional<Service>* const service = &state->service;
  auto listener = http::TlsServer::make(
      state->loop.get_executor(), listening,
      [service](http::Request request) { return answer(*service, std::move(request)); });
  if (!listener) return within("the lab can't listen", listener.error());
  state->listener = *std::move(listener);
  const std::string port = std::to_string(state->listener->port());
  state->origins = {"https://localhost:" + port, "https://127.0.0.1:" + port,
                    "https://[::1]:" + port};
  state->service->set_origins(state->origins);
  state->access = access_of(*state->service, state->keys, state->origins.front());
  State* const running = state.get();
  state->thread = std::thread([running] { running->loop.run(); });
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() {
  state_->ask([this] { state_->listener->stop(); });
  state_->work.reset();
  state_->loop.stop();
  state_->thread.join();
}

std::string Server::url() const { return state_->origins.front(); }
const std::string& Server::ca_pem() const { return state_->access.ca_pem; }
const std::string& Server::tenant_id() const { return state_->access.tenant_id; }
const std::string& Server::read_client_id() const { return state_->access.read_client_id; }
const std::string& Server::read_secret() const { return state_->access.read_secret; }
const std::string& Server::write_client_id() const { return state_->access.write_client_id; }
const std::string& Server::write_certificate_pem() const {
  return state_->access.write_certificate_pem;
}
const std::string& Server::write_key_pem() const { return state_->access.write_key_pem; }

Result<void> Server::write_config(const std::filesystem::path& folder,
                                  const std::filesystem::path& policy_folder) const {
  return write_access(state_->access, folder, policy_folder);
}

void Server::with_tenant(const std::function<void(Tenant&)>& look) {
  state_->ask([&] { state_->service->with_tenant(look); });
}

std::vector<Seen> Server::seen() const {
  std::vector<Seen> copy;
  state_->ask([&] { copy = state_->service->seen(); });
  return copy;
}

void Server::clear_seen() {
  state_->ask([this] { state_->service->clear_seen(); });
}

void Server::set_faults(std::vector<Fault> faults) {
  state_->ask([&] { state_->service->set_faults(std::move(faults)); });
}

void Server::set_witness(Witness witness) {
  state_->ask([&] { state_->service->set_witness(std::move(witness)); });
}

void Server::begin_again(const Options& options) {
  state_->ask([&] {
    state_->service.emplace(options, state_->keys, [] { return system_now(); });
    state_->service->set_origins(state_->origins);
    state_->access = access_of(*state_->service, state_->keys, state_->origins.front());
  });
}

}  // namespace clawback::lab
