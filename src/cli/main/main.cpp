#include <sys/prctl.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "cli/context.hpp"
#include "cli/exit_code.hpp"

int main(int argc, char** argv) {
  // Secrets are in this memory: no core dump, and nobody but root attaches.
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    return clawback::cli::run(arguments, std::cout, std::cerr,
                              clawback::cli::process_environment());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "clawback: unexpected: %s\n", error.what());
  }
  return clawback::cli::exit_code::failed;
}
