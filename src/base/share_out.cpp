#include "base/share_out.hpp"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace clawback {

void share_out(std::size_t count, const std::function<void(std::size_t)>& work) {
  constexpr std::size_t portion = 64;
  constexpr std::size_t threads_max = 8;
  std::atomic<std::size_t> next = 0;
  const auto run = [&]() noexcept {
    for (;;) {
      const std::size_t from = next.fetch_add(portion);
      if (from >= count) return;
      for (std::size_t i = from; i < std::min(from + portion, count); ++i) work(i);
    }
  };
  const std::size_t cores = std::max<std::size_t>(1, std::thread::hardware_concurrency());
  const std::size_t wanted = std::min({cores, threads_max, count / (4 * portion) + 1});
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < wanted; ++i) {
    try {
      helpers.emplace_back(run);
    } catch (const std::system_error&) {
      break;  // no more threads to be had: this one does the rest
    }
  }
  run();
}

}  // namespace clawback
