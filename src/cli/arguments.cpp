#include "cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <functional>
#include <ranges>

#include "base/safe_text.hpp"
#include "cli/arguments_ask.hpp"
#include "cli/arguments_audit.hpp"
#include "cli/arguments_lab.hpp"
#include "cli/arguments_parts.hpp"
#include "cli/arguments_raw.hpp"
#include "cli/arguments_signer.hpp"
#include "cli/arguments_tree.hpp"
#include "cli/arguments_verify.hpp"

// Only the arguments*.cpp files know the library which reads the command line.
namespace clawback::cli {
namespace {

class Reader {
 public:
  Reader()
      : app_("clawback: finds and takes back mail-client grants in a Microsoft 365 tenant",
             "clawback") {
    app_.require_subcommand(0);
    app_.allow_extras();
    app_.set_version_flag("--version", "clawback " CLAWBACK_VERSION);
    add_globals(app_, raw_);
    looking();
    deciding();
    acting();
    knowing();
    telling();
    practising();
    add_help_commands(app_, raw_, adder());
    add_examples(app_);
  }

  [[nodiscard]] std::vector<CommandInfo> tree() const { return describe(app_); }

  Result<std::variant<Invocation, Help>> read(const std::vector<std::string>& arguments) {
    try {
      const auto line = page_last(app_, arguments);
      app_.parse(std::vector<std::string>(line.rbegin(), line.rend()));
    } catch (const CLI::Success&) {
      return std::variant<Invocation, Help>(Help{help_text(arguments)});
    } catch (const CLI::ParseError& error) {
      if (const auto wrong = misspelt(app_, arguments)) return *wrong;
      return not_understood(error.what());
    }
    if (!unplaced().empty()) {
      if (const auto wrong = misspelt(app_, arguments)) return *wrong;
      return *leftover();
    }
    // A command and one inside it: the inner one was made later.
    for (const Entry& entry : entries_ | std::views::reverse) {
      if (!entry.app->parsed()) continue;
      if (const auto read = read_texts(raw_); !read) return read.error();
      return std::variant<Invocation, Help>(Invocation{raw_.global, entry.make()});
    }
    return std::variant<Invocation, Help>(Help{app_.help()});
  }

 private:
  // A check of ours puts its hint on a second line.
  static Error not_understood(const std::string& what) {
    const auto end = what.find('\n');
    if (end != std::string::npos) {
      return {.code = Errc::invalid,
              .message = printable(what.substr(0, end), 400),
              .hint = what.substr(end + 1)};
    }
    return {.code = Errc::invalid,
            .message = printable(what, 400),
            .hint = "clawback --help lists the commands, clawback COMMAND --help its options"};
  }

  struct Entry {
    CLI::App* app;
    std::function<Command()> make;
  };

  CLI::App* command(CLI::App& parent, const std::string& name, const std::string& what,
                    std::function<Command()> make) {
    CLI::App* app = parent.add_subcommand(name, what);
    app->fallthrough();
    if (make) entries_.push_back({app, std::move(make)});
    return app;
  }

  AddCommand adder() {
    return [this](CLI::App& parent, const std::string& name, const std::string& what,
                  std::function<Command()> make) {
      return command(parent, name, what, std::move(make));
    };
  }

  static void file(CLI::App* app, const std::string& name, std::string& into,
                   const std::string& what) {
    app->add_option(name, into, what)->type_name("FILE");
  }
  void policy(CLI::App* app, std::string& into) {
    app->add_option("--policy", into, "The policy's folder")->type_name("FOLDER");
  }
  void since(CLI::App* app) {
    app->add_option("--since", raw_.texts.since, "How far back logs are read")
        ->type_name("DURATION");
  }
  void input(CLI::App* app, Input& into) {
    app->add_option("--evidence", into.evidence,
                    "Exported files or folders; the tenant is not touched")
        ->type_name("PATH")
        ->expected(1, -1);
    since(app);
    policy(app, into.policy);
    app->add_option("--tenant", into.tenant, "Name or id; anything else is refused")
        ->type_name("NAME");
    app->add_flag("--no-state", into.no_state,
                  "Judge without what earlier passes saw, and remember nothing");
  }

  void looking() {
    auto* scan = command(app_, "scan", "Read only: evidence to findings",
                         [this] { return Command(raw_.scan); });
    input(scan, raw_.scan.input);
    file(scan, "--report", raw_.scan.report, "Write an HTML report");
    add_export_option(*scan, raw_.texts);
    file(scan, "-o,--output", raw_.scan.output, "Write the findings as JSON");
    auto* collect = command(app_, "collect", "Read only: save the evidence itself, hashed",
                            [this] { return Command(raw_.collect); });
    collect->add_option("-o,--output", raw_.collect.folder, "A new folder")
        ->type_name("FOLDER")
        ->required();
    since(collect);
    collect->add_option("--tenant", raw_.collect.tenant, "Name or id; anything else is refused")
        ->type_name("NAME");
    auto* doctor = command(app_, "doctor", "Can we reach, sign in, and read what the policy needs?",
                           [this] { return Command(raw_.doctor); });
    policy(doctor, raw_.doctor.policy);
  }

  void deciding() {
    auto* plan = command(app_, "plan", "Read only: the exact requests that would be sent",
                         [this] { return Command(raw_.plan); });
    input(plan, raw_.plan.input);
    file(plan, "--report", raw_.plan.report, "Write an HTML report");
    add_export_option(*plan, raw_.texts);
    file(plan, "-o,--output", raw_.plan.output, "Write the plan");
    add_plan_options(*plan, raw_.plan);
    auto* show = command(app_, "show", "Print a plan or a run for a person",
                         [this] { return Command(raw_.show); });
    show->add_option("what", raw_.show.what, "A plan's file or a run's id")
        ->type_name("FILE|RUN")
        ->required();
    file(show, "--report", raw_.show.report, "Write an HTML report");
    add_export_option(*show, raw_.texts);
    file(show, "--against", raw_.show.against, "Another plan: what differs");
    add_ask_commands(app_, raw_, adder(), [this](CLI::App* app, Input& into) { input(app, into); });
    add_signing_commands(app_, raw_, adder());
    auto* key = command(app_, "key", "Keys of approvers", {});
    key->require_subcommand(1);
    auto* fresh = command(*key, "new", "Make an Ed25519 key; prints its public half",
                          [this] { return Command(raw_.key_new); });
    file(fresh, "-o,--output", raw_.key_new.output, "The new file");
    fresh->get_option("--output")->required();
    fresh->add_flag("--no-passphrase", raw_.key_new.no_passphrase, "Leave the file unprotected");
  }

  void acting() {
    auto* apply = command(app_, "apply", "Send exactly what the plan says, journalled and verified",
                          [this] { return Command(raw_.apply); });
    apply->add_option("plan", raw_.apply.plan, "The plan")->type_name("FILE")->required();
    file(apply, "--approvals", raw_.apply.approvals, "Signatures; default: FILE.approvals");
    file(apply, "--saved-evidence", raw_.apply.saved_evidence, "The evidence, if it was moved");
    file(apply, "--report", raw_.apply.report, "Write an HTML report of the run");
    add_export_option(*apply, raw_.texts);
    policy(apply, raw_.apply.policy);
    add_verify_options(*apply, raw_.texts);
    auto* resume = command(app_, "resume", "Go on after a crash, a kill or a lost connection",
                           [this] { return Command(raw_.resume); });
    resume->add_option("run", raw_.resume.run, "The run's id, or its start")
        ->type_name("RUN")
        ->required();
    file(resume, "--approvals", raw_.resume.approvals,
         "Newer signatures, if the first have expired");
    file(resume, "--report", raw_.resume.report, "Write an HTML report of the run");
    add_export_option(*resume, raw_.texts);
    policy(resume, raw_.resume.policy);
    add_verify_options(*resume, raw_.texts);
    auto* undo = command(app_, "undo", "The inverse plan of a run, an ordinary plan from there on",
                         [this] { return Command(raw_.undo); });
    undo->add_option("run", raw_.undo.run, "The run's id, or its start")
        ->type_name("RUN")
        ->required();
    file(undo, "-o,--output", raw_.undo.output, "Write the plan");
    file(undo, "--report", raw_.undo.report, "Write an HTML report");
    add_export_option(*undo, raw_.texts);
    policy(undo, raw_.undo.policy);
    add_undo_options(*undo, raw_.undo);
    add_pass_commands(app_, raw_, adder());
    add_serve_command(app_, raw_, adder());
    add_audit_commands(app_, raw_, adder());
  }

  void knowing() {
    auto* policies = command(app_, "policy", "The rules", {});
    policies->require_subcommand(1);
    auto* check =
        command(*policies, "check", "Validate a policy", [this] { return Command(raw_.check); });
    check->add_option("folder", raw_.check.folder, "The policy")->type_name("FOLDER");
    auto* shown = command(*policies, "show", "Print the effective policy",
                          [this] { return Command(raw_.shown); });
    shown->add_option("folder", raw_.shown.folder, "The policy")->type_name("FOLDER");
    shown->add_flag("--rules", raw_.shown.rules, "Every signal and guard: what, why, weight, data");
    shown
        ->add_flag("--markdown", raw_.shown.markdown, "With --rules: the page of the documentation")
        ->needs("--rules");
    auto* test = command(*policies, "test", "Run the rules' own tests",
                         [this] { return Command(raw_.test); });
    test->add_option("folder", raw_.test.folder, "The policy")->type_name("FOLDER");
    auto* catalog = command(app_, "catalog", "The known applications", {});
    catalog->require_subcommand(1);
    auto* list = command(*catalog, "list", "All of them, with sources",
                         [this] { return Command(raw_.catalog); });
    policy(list, raw_.catalog.policy);
    auto* entry = command(*catalog, "show", "One of them, with all that is known",
                          [this] { return Command(raw_.catalog_show); });
    entry->add_option("what", raw_.catalog_show.what, "An app id or a name")
        ->type_name("ID|NAME")
        ->required();
    policy(entry, raw_.catalog_show.policy);
    auto* sound = command(*catalog, "check", "Refuse what must not be in a catalog",
                          [this] { return Command(raw_.catalog_check); });
    sound->add_option("files", raw_.catalog_check.files, "Besides those that the policy names")
        ->type_name("FILE");
    policy(sound, raw_.catalog_check.policy);
  }

  void telling() {
    auto* notify = command(app_, "notify", "Whom [[notify]] tells", {});
    notify->require_subcommand(1);
    command(*notify, "test", "Send a test message to every target",
            [] { return Command(NotifyTestArguments{}); });
  }

  void practising() {
    auto* lab = command(app_, "lab", "A simulated tenant, for training and tests",
                        [this] { return Command(raw_.lab); });
    add_lab_options(*lab, raw_.lab);
    auto* demo = command(app_, "demo", "The whole story on a simulated tenant, in one command",
                         [this] { return Command(raw_.demo); });
    demo->add_option("--keep", raw_.demo.keep, "Where its files go")->type_name("FOLDER");
  }

  std::string help_text(const std::vector<std::string>& arguments) const {
    for (const std::string& argument : arguments) {
      if (argument == "--version") return app_.version() + "\n";
    }
    return app_.help();
  }

  // The library counts the mark itself as a word too.
  std::vector<std::string> unplaced() const {
    std::vector<std::string> words = app_.remaining(true);
    std::erase(words, "--");
    return words;
  }

  std::optional<Error> leftover() const {
    const std::vector<std::string> words = unplaced();
    if (words.empty()) return std::nullopt;
    const CLI::App* app = &app_;
    while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
    return unknown_word(path_name(*app), words.front(), {});
  }

  CLI::App app_;
  RawArguments raw_;
  std::vector<Entry> entries_;
};

}  // namespace

Result<std::variant<Invocation, Help>> parse_arguments(const std::vector<std::string>& arguments) {
  return Reader().read(arguments);
}

std::vector<CommandInfo> command_tree() { return Reader().tree(); }

}  // namespace clawback::cli
