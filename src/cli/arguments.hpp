#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

// The command line as plain values. `-` as a file name means standard input or output.
namespace clawback::cli {

struct Global {
  std::string config;  // empty: searched for
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool no_color = false;
  bool log_journal = false;
  bool yes = false;
  std::string passphrase_env;
  std::optional<Time> now;
};

// Where the facts come from: exported files, or the tenant itself.
struct Input {
  std::vector<std::string> evidence;
  Duration since = std::chrono::days(30);
  std::string policy;
  std::string tenant;
  bool no_state = false;
};

// --export FORMAT=FILE
enum class ExportFormat : std::uint8_t { csv, csv_actions, sarif, ocsf, stix, markdown };
struct Export {
  ExportFormat format = ExportFormat::csv;
  std::string file;
};

struct ScanArguments {
  Input input;
  std::vector<Export> exports;
  std::string report;
  std::string output;
};
struct CollectArguments {
  std::string folder;
  Duration since = std::chrono::days(30);
  std::string tenant;
};
struct PlanArguments {
  Input input;
  std::vector<Export> exports;
  std::string as;  // who asks for it
  std::string report;
  std::string output;
};
struct ShowArguments {
  std::string what;
  std::string against;  // another plan
  std::string report;
  std::vector<Export> exports;
};
struct SignerArguments {  // who signs, and how: with a key or by signing in
  std::string key;
  std::string as;
  bool sign_in = false;
  std::string browser;  // a program that opens the address
  std::optional<Duration> sign_in_timeout;
};
struct SignArguments {  // approve, reject
  std::string plan;
  SignerArguments signer;
  std::string reason;
  bool break_glass = false;
  std::optional<Duration> expires;
  std::string output;
  bool rejects = false;
};
struct RatifyArguments {
  std::string run;
  SignerArguments signer;
  std::string reason;
  std::string policy;
};
struct ApplyArguments {
  std::string plan;
  std::string report;
  std::vector<Export> exports;
  std::string saved_evidence;
  std::string approvals;
  std::string policy;
  std::optional<Duration> verify_window;
  std::optional<Duration> verify_gap;
};
struct ResumeArguments {
  std::string run;
  std::string report;
  std::vector<Export> exports;
  std::string approvals;
  std::string policy;
  std::optional<Duration> verify_window;
  std::optional<Duration> verify_gap;
};
struct UndoArguments {
  std::string run;
  std::vector<Export> exports;
  std::string as;
  std::string only_user;  // object id or user principal name
  bool with_app = false;  // with only_user: enable the application too
  std::string policy;
  std::string output;
  std::string report;
};
struct AskArguments {
  Input input;
  std::string what;       // a case key or its start, or an app id
  std::string user;       // object id or user principal name; empty: the only one
  bool everyone = false;  // a sheet for each of them
  std::string format = "text";
  std::string output;  // a file; a folder with `everyone`
};
struct AnswerArguments {
  std::string what;
  std::string user;
  std::string says;
  std::string channel = "other";
  std::string by;
  std::string note;
};
struct RunsArguments {};
struct LogArguments {
  std::string run;  // or its start; empty: everything
  std::size_t limit = 1000;
  bool whole = false;
};
struct LogVerifyArguments {
  std::string head;  // empty: none was kept
};
struct KillSwitchArguments {
  enum class Act : std::uint8_t { on, off, status };
  Act act = Act::status;
  std::string reason;
};
struct PolicyCheckArguments {
  std::string folder;
};
struct PolicyShowArguments {
  std::string folder;
  bool rules = false;     // signals and guards instead of the policy
  bool markdown = false;  // of them: the page docs/reference/signals.md
};
struct PolicyTestArguments {
  std::string folder;
};
struct CatalogListArguments {
  std::string policy;
};
struct CatalogShowArguments {
  std::string what;  // an app id or a name
  std::string policy;
};
struct CatalogCheckArguments {
  std::vector<std::string> files;  // checked as if the policy named them after its own
  std::string policy;
};
struct DoctorArguments {
  std::string policy;
};
struct LabArguments {
  std::uint16_t port = 0;
  std::size_t users = 60;
  std::size_t apps = 40;
  std::size_t grants = 120;
  std::uint64_t seed = 1;
  std::int64_t latency_ms = 0;
  std::int64_t visibility_ms = 0;
  bool no_planted = false;
  bool no_premium = false;
  bool create_ignores_disabled = false;
  std::vector<std::string> uncreatable;
  bool mailbox_settings = false;       // the identities may reach inbox rules
  std::vector<std::string> deny_read;  // permissions that the identity lacks
  std::vector<std::string> deny_write;
  std::vector<std::string> redirects;  // registered besides http://localhost
  std::string output = "clawback-lab";
  std::string faults;
};
struct KeyNewArguments {
  std::string output;
  bool no_passphrase = false;
};
struct PassArguments {  // run, watch
  Input input;
  std::optional<Duration> verify_window;
  std::optional<Duration> verify_gap;
  Duration every = std::chrono::minutes(15);  // watch
};
struct RunArguments : PassArguments {};
struct WatchArguments : PassArguments {};
struct ServeArguments {
  std::string listen;  // ADDRESS:PORT; empty: the configuration's
  std::string policy;
};
struct NotifyTestArguments {};
struct CompletionArguments {
  std::string shell;
};
struct ManArguments {
  std::string command;  // empty: the program
  std::string folder;   // write every page there
};
struct DemoArguments {
  std::string keep = "demo-output";
};

using Command = std::variant<
    ScanArguments, CollectArguments, PlanArguments, ShowArguments, SignArguments, RatifyArguments,
    ApplyArguments, ResumeArguments, UndoArguments, RunsArguments, LogArguments, LogVerifyArguments,
    KillSwitchArguments, PolicyCheckArguments, PolicyShowArguments, PolicyTestArguments,
    CatalogListArguments, CatalogShowArguments, CatalogCheckArguments, DoctorArguments,
    LabArguments, KeyNewArguments, AskArguments, AnswerArguments, NotifyTestArguments,
    CompletionArguments, ManArguments, DemoArguments, RunArguments, WatchArguments, ServeArguments>;

struct Invocation {
  Global global;
  Command command;
};
struct Help {  // asked for: to be printed, and that is all
  std::string text;
};

// `arguments` without the program's name. Errc::invalid for what can't be used, with a suggestion
// where one word is close.
Result<std::variant<Invocation, Help>> parse_arguments(const std::vector<std::string>& arguments);

}  // namespace clawback::cli
