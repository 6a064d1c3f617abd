#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <type_traits>

#include "base/file.hpp"
#include "base/secret.hpp"

using namespace clawback;

namespace {

class Folder {
 public:
  Folder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "clawback-test-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

}  // namespace

static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);

TEST_CASE("secret: moving leaves nothing behind") {
  Secret first(std::string("a secret that is longer than a small string"));
  const Secret second = std::move(first);
  CHECK(second.reveal() == "a secret that is longer than a small string");
  CHECK(first.empty());  // NOLINT(bugprone-use-after-move): that is the claim
}

TEST_CASE("secret: a file that others can read is refused, with the command that mends it") {
  const Folder folder;
  const auto file = folder.path / "secret";
  REQUIRE(write_file(file, "s3cret\n", 0600));
  CHECK(read_secret_file(file)->reveal() == "s3cret");
  for (const ::mode_t mode : {0640u, 0604u, 0644u}) {
    CAPTURE(mode);
    ::chmod(file.c_str(), mode);
    const auto refused = read_secret_file(file);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::invalid);
    CHECK(refused.error().hint.starts_with("chmod 600 "));
    CHECK(refused.error().message.find("s3cret") == std::string::npos);
  }
}

TEST_CASE("file: writing is all or nothing and keeps the mode") {
  const Folder folder;
  const auto file = folder.path / "plan.json";
  REQUIRE(write_file(file, "one"));
  REQUIRE(write_file(file, "two"));
  CHECK(*read_file(file) == "two");
  CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::all) ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  CHECK_FALSE(write_file(folder.path / "no-such-folder" / "x", "y"));
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
}

TEST_CASE("file: what is too large or not there is named") {
  const Folder folder;
  REQUIRE(write_file(folder.path / "big", std::string(100, 'x')));
  CHECK(read_file(folder.path / "big", 10).error().code == Errc::invalid);
  CHECK(read_file(folder.path / "none").error().code == Errc::not_found);
}
