#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <filesystem>
#include <sstream>

#include "base/digest.hpp"
#include "base/file.hpp"
#include "base/safe_text.hpp"
#include "cli/commands.hpp"
#include "cli/demo_checks.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan_file.hpp"
#include "cli/policy_files.hpp"
#include "report/text_layout.hpp"

namespace clawback::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view marker = ".clawback-demo";
constexpr std::string_view passphrase_variable = "CLAWBACK_DEMO_PASSPHRASE";

// Runs the real commands, as a person would type them, and keeps count of what held.
class Demo {
 public:
  Demo(const Context& context, fs::path folder, lab::Server& server)
      : context_(context),
        folder_(std::move(folder)),
        server_(server),
        passphrase_(base64url(random_bytes(18))) {}

  Result<int> play() {
    const std::string before = digest();
    find();
    auto planned = plan();
    if (!planned) return planned.error();
    refuse(before);
    auto registered = register_approvers(planned->quorum);
    if (!registered) return registered.error();
    apply(*planned, before);
    auto undone = undo(before);
    if (!undone) return undone.error();
    return finish();
  }

 private:
  std::string file(std::string_view name) const { return (folder_ / name).string(); }

  std::string digest() {
    std::string out;
    server_.with_tenant([&](lab::Tenant& tenant) { out = lab::state_digest(tenant); });
    return out;
  }
  std::vector<lab::Planted> planted() {
    std::vector<lab::Planted> out;
    server_.with_tenant([&](lab::Tenant& tenant) { out = tenant.planted; });
    return out;
  }

  void tell(std::string_view text) {
    if (context_.console.style().json) return;
    context_.console.print(
        "\n" + report::paragraph(text, context_.console.text_options(), report::Tone::strong));
  }
  void claim(Claim one) {
    if (!context_.console.style().json) {
      context_.console.print(report::paint(one.holds ? "  holds  " : "  FAILS  ",
                                           one.holds ? report::Tone::good : report::Tone::bad,
                                           context_.console.text_options()) +
                             printable(one.text, 1000) + "\n");
    }
    claims_.push_back(std::move(one));
  }

  int shell(std::vector<std::string> words, int wanted, bool heard = true) {
    std::string line = "$ clawback";
    for (const std::string& word : words) {
      line += word.find(' ') == std::string::npos ? " " + word : " \"" + word + "\"";
    }
    words.insert(words.end(), {"--config", file("clawback.toml")});
    if (context_.global.no_color) words.emplace_back("--no-color");
    const Environment environment = [this](const std::string& name) -> std::optional<std::string> {
      if (name == passphrase_variable) return passphrase_;
      return context_.environment(name);
    };
    int code = 0;
    if (!context_.console.style().json) context_.console.print(line + "\n");
    if (!heard || context_.console.style().json) {
      std::ostringstream unheard;
      code = run(words, unheard, unheard, environment);
    } else {
      code = run(words, context_.console.out(), context_.console.err(), environment);
    }
    claim({.text = fmt::format("exit code {} from {}", code, words.front()),
           .holds = code == wanted});
    return code;
  }

  void find() {
    tell(
        "1. Look. A simulated tenant runs on this machine; some grants in it are abuse, planted on "
        "purpose.");
    shell({"scan", "-o", file("findings.json"), "--report", file("findings.html")},
          exit_code::found);
    const auto text = read_file(file("findings.json"));
    const auto findings = text ? parse_json(*text) : Result<json::value>(text.error());
    if (!findings) return claim({.text = "the findings can be read: " + findings.error().message});
    for (Claim& one : found_all(planted(), *findings)) claim(std::move(one));
  }

  Result<plan::Plan> plan() {
    tell("2. Plan. These are the exact requests that would be sent; nothing is sent yet.");
    shell({"plan", "-o", file("plan.json"), "--report", file("plan.html")}, exit_code::found);
    auto plan = read_plan(file("plan.json"));
    if (plan) claim(nothing_benign(planted(), *plan));
    return plan;
  }

  void refuse(const std::string& before) {
    tell("3. Try to send it without an approval.");
    shell({"apply", file("plan.json")}, exit_code::approval);
    claim({.text = "the tenant is as it was", .holds = digest() == before});
  }

  Result<void> register_approvers(std::int64_t quorum) {
    tell(fmt::format("4. Approve. The policy asks for {}; each has a key of their own.",
                     quorum == 1 ? std::string("one person") : fmt::format("{} people", quorum)));
    const std::vector<std::string> names = {"Dana Reyes", "Sam Okafor", "Robin Lind",
                                            "Noor Haddad"};
    auto config = read_file(file("clawback.toml"));
    if (!config) return config.error();
    for (const std::string& name : names) {
      if (static_cast<std::int64_t>(approvers_.size()) >= quorum) break;
      approvers_.push_back(name);
      shell(
          {"key", "new", "-o", key_of(name), "--passphrase-env", std::string(passphrase_variable)},
          exit_code::done);
      const auto pem = read_secret_file(key_of(name));
      if (!pem) return pem.error();
      const auto key = approval::public_key_of(*pem, Secret(std::string(passphrase_)));
      if (!key) return key.error();
      *config +=
          fmt::format("\n[[approver]]\nname = \"{}\"\ned25519 = \"{}\"\n", name, base64(*key));
    }
    auto written = write_file(file("clawback.toml"), *config);
    if (written) approve("plan.json", "planted by the demo, agreed by phone");
    return written;
  }

  std::string key_of(const std::string& name) const {
    return file(name.substr(0, name.find(' ')) + ".key");
  }

  void approve(std::string_view plan, const std::string& reason) {
    for (const std::string& name : approvers_) {
      shell({"approve", file(plan), "--key", key_of(name), "--as", name, "--reason", reason,
             "--yes", "--passphrase-env", std::string(passphrase_variable)},
            exit_code::done);
    }
  }

  void apply(const plan::Plan& plan, const std::string& before) {
    tell("5. Apply. Each request is journalled before it leaves, and its effect is read back.");
    shell({"apply", file("plan.json"), "--verify-gap", "1s", "--report", file("run.html")},
          exit_code::done);
    Claim effects;
    server_.with_tenant([&](lab::Tenant& tenant) { effects = all_effects(tenant, plan); });
    claim(std::move(effects));
    claim({.text = "the tenant changed", .holds = digest() != before});
    tell("A plan is used once:");
    shell({"apply", file("plan.json")}, exit_code::stale);
  }

  Result<void> undo(const std::string& before) {
    tell(
        "6. Undo. The inverse is a plan like any other, and needs its own approval. Sessions that "
        "were ended "
        "stay ended: their users sign in again.");
    const auto config = parse_own_config();
    if (!config) return config.error();
    const auto store = open_store(*config);
    if (!store) return store.error();
    const auto runs = (*store)->runs();
    if (!runs) return runs.error();
    if (runs->empty())
      return Error{.code = Errc::internal, .message = "the demo's run is not in the journal"};
    shell({"undo", runs->front().id, "-o", file("undo.json")}, exit_code::found, false);
    tell_undo();
    approve("undo.json", "the demo puts things back");
    shell({"apply", file("undo.json"), "--verify-gap", "1s"}, exit_code::done);
    claim(
        {.text = "the tenant is in the state that it was in before", .holds = digest() == before});
    shell({"runs"}, exit_code::done);
    return {};
  }

  void tell_undo() {
    const auto plan = read_plan(file("undo.json"));
    if (!plan) return claim({.text = "the undo can be read: " + plan.error().message});
    const std::string line = fmt::format("  {} inverse requests; to read them: clawback show {}\n",
                                         plan->actions.size(), file("undo.json"));
    if (!context_.console.style().json) context_.console.print(line);
  }

  Result<Config> parse_own_config() const {
    const auto text = read_file(file("clawback.toml"));
    if (!text) return text.error();
    return parse_config(*text, file("clawback.toml"));
  }

  Result<int> finish() {
    json::array list;
    std::size_t failed = 0;
    for (const Claim& one : claims_) {
      if (!one.holds) ++failed;
      list.push_back(json::object{{"claim", one.text}, {"holds", one.holds}});
    }
    std::string text = "\n";
    text += failed == 0 ? fmt::format("Everything held: {} claims checked.\n", claims_.size())
                        : fmt::format("{} of {} claims FAILED.\n", failed, claims_.size());
    for (const Claim& one : claims_) {
      if (!one.holds) text += fmt::format("  failed: {}\n", printable(one.text, 1000));
    }
    text += fmt::format("Reports: {} and {}\n", file("findings.html"), file("plan.html"));
    context_.console.result(json::object{{"schema", "clawback.demo/1"},
                                         {"held", failed == 0},
                                         {"claims", std::move(list)},
                                         {"folder", folder_.string()}},
                            text);
    return failed == 0 ? exit_code::done : exit_code::failed;
  }

  const Context& context_;
  fs::path folder_;
  lab::Server& server_;
  std::string passphrase_;
  std::vector<std::string> approvers_;
  std::vector<Claim> claims_;
};

// The demo may be run again over its own files, never over somebody's.
Result<void> make_folder(const fs::path& folder) {
  std::error_code ec;
  if (fs::exists(folder / marker, ec)) fs::remove_all(folder, ec);
  if (fs::exists(folder, ec) && !fs::is_empty(folder, ec)) {
    return Error{
        .code = Errc::invalid,
        .message = fmt::format("{} exists and is not the demo's", printable(folder.string())),
        .hint = "name another folder with --keep"};
  }
  fs::create_directories(folder, ec);
  if (ec) {
    return Error{
        .code = Errc::io,
        .message = fmt::format("{}: can't make it: {}", printable(folder.string()), ec.message())};
  }
  return write_file(folder / marker, "");
}

}  // namespace

Result<int> execute(const DemoArguments& arguments, const Context& context) {
  const auto policy = policy_folder({}, nullptr);
  if (!policy) return policy.error();
  const auto made = make_folder(arguments.keep);
  if (!made) return made.error();
  lab::Options options;
  options.tenant.now = system_now();
  const auto server = lab::Server::start(options);
  if (!server) return server.error();
  const auto written = (*server)->write_config(arguments.keep, *policy);
  if (!written) return written.error();
  return Demo(context, arguments.keep, **server).play();
}

}  // namespace clawback::cli
