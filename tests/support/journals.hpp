#pragma once

#include <memory>

#include "journal/store.hpp"
#include "support/folder.hpp"

namespace clawback::test {

inline std::unique_ptr<journal::Store> store_in(const Folder& folder) {
  auto store = journal::open_sqlite(folder.database());
  REQUIRE_MESSAGE(store, store.error().message);
  return std::move(*store);
}

inline journal::Run run_of(std::string id, std::string digest,
                           std::string plan_text = R"({"actions":[]})") {
  return {.id = std::move(id),
          .tenant = "t1",
          .plan_digest = std::move(digest),
          .plan_text = std::move(plan_text),
          .started = *parse_time("2026-11-23T10:00:00Z"),
          .approvals = {"one", "two"}};
}

}  // namespace clawback::test
