#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.hpp"

namespace clawback::cli {

// Every command's arguments as they are filled while the line is read. What is not just text is
// read as text first, so that an error can name its option.
struct RawArguments {
  struct Texts {
    std::string since;
    std::string expires;
    std::string verify_window;
    std::string verify_gap;
    std::string sign_in_timeout;
    std::string now;
    std::string every;
    std::vector<std::string> exports;
  };
  Texts texts;
  Global global;
  ScanArguments scan;
  CollectArguments collect;
  PlanArguments plan;
  ShowArguments show;
  SignArguments approve;
  SignArguments reject;
  RatifyArguments ratify;
  ApplyArguments apply;
  ResumeArguments resume;
  UndoArguments undo;
  AskArguments ask;
  AnswerArguments answer;
  RunArguments run;
  WatchArguments watch;
  ServeArguments serve;
  LogArguments log;
  LogVerifyArguments log_verify;
  KillSwitchArguments kill_switch;
  PolicyCheckArguments check;
  PolicyShowArguments shown;
  PolicyTestArguments test;
  CatalogListArguments catalog;
  CatalogShowArguments catalog_show;
  CatalogCheckArguments catalog_check;
  DoctorArguments doctor;
  LabArguments lab;
  KeyNewArguments key_new;
  CompletionArguments completion;
  ManArguments man;
  DemoArguments demo;
};

// Puts the texts where they belong.
Result<void> read_texts(RawArguments& raw);

// `word`: the one that was mistyped, if `command` is more than it ("policy chekc").
Error unknown_command(std::string_view command, const std::vector<std::string>& known,
                      std::string_view word);
Error unknown_word(std::string_view command, std::string_view word,
                   const std::vector<std::string>& known);

}  // namespace clawback::cli
