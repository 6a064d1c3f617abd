#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <type_traits>

#include "base/file.hpp"
#include "base/secret.hpp"
#include "support/folder.hpp"

using namespace clawback;
using test::Folder;

namespace {

// An access control list as the kernel keeps it: the owner, one user and a mask may read.
bool allow(const std::filesystem::path& file, std::uint32_t user, char other) {
  std::string list("\x02\0\0\0", 4);
  const auto add = [&](char tag, char allowed, std::uint32_t id) {
    list += {tag, '\0', allowed, '\0'};
    for (int shift = 0; shift < 32; shift += 8) list += static_cast<char>((id >> shift) & 0xFFu);
  };
  constexpr std::uint32_t nobody = 0xFFFFFFFF;
  add(0x01, 4, nobody);  // owner
  add(0x02, 4, user);
  add(0x04, other, nobody);  // group
  add(0x10, 4, nobody);      // mask
  add(0x20, 0, nobody);      // everyone else
  return ::setxattr(file.c_str(), "system.posix_acl_access", list.data(), list.size(), 0) == 0;
}

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

TEST_CASE("secret: a list that names only this user opens a credential, another one does not") {
  const Folder folder;
  const auto file = folder.path / "credential";
  REQUIRE(write_file(file, "s3cret", 0600));
  if (!allow(file, ::geteuid(), 0)) {
    MESSAGE("skipped: this file system has no access control lists");
    return;
  }
  struct stat info{};
  REQUIRE(::stat(file.c_str(), &info) == 0);
  CHECK((info.st_mode & 077u) == 040u);
  CHECK(read_secret_file(file));
  REQUIRE(allow(file, ::geteuid() + 1, 0));
  CHECK_FALSE(read_secret_file(file));
  REQUIRE(allow(file, ::geteuid(), 4));
  CHECK_FALSE(read_secret_file(file));
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
  // A device stays what it is, also behind a link: `-o /dev/null` as root.
  const auto link = folder.path / "null";
  std::filesystem::create_symlink("/dev/null", link);
  CHECK(can_write_file(link));
  CHECK(write_file(link, "gone"));
  CHECK(std::filesystem::is_symlink(link));
  CHECK(std::filesystem::is_character_file("/dev/null"));
  const auto refused = can_write_file(folder.path / "no-such-folder" / "x");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::invalid);
  CHECK(refused.error().hint == "make the folder first, or name another place");
  CHECK(can_write_file(folder.path).error().hint == "name a file in it");
  CHECK_FALSE(can_write_file(file / "x"));
  CHECK(can_write_file(file));
  CHECK(can_write_file(folder.path / "new"));
  CHECK_FALSE(make_folder(file / "x"));
  CHECK_FALSE(make_folder(file));
  CHECK(make_folder(folder.path / "a" / "b"));
  CHECK(make_folder(folder.path / "a" / "b"));
}

TEST_CASE("file: what is too large or not there is named") {
  const Folder folder;
  REQUIRE(write_file(folder.path / "big", std::string(100, 'x')));
  CHECK(read_file(folder.path / "big", 10).error().code == Errc::invalid);
  CHECK(read_file(folder.path / "none").error().code == Errc::not_found);
}

TEST_CASE("secret: the same bytes are the same, and nothing else is") {
  CHECK(same_bytes("state", "state"));
  CHECK(same_bytes("", ""));
  CHECK_FALSE(same_bytes("state", "statf"));
  CHECK_FALSE(same_bytes("state", "stat"));
  CHECK_FALSE(same_bytes("", "s"));
}
