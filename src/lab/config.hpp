#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace clawback::lab {

// What a clawback.toml for the lab has to say.
struct Access {
  std::string url{};
  std::string tenant_id{};
  std::string tenant_name{};
  std::string ca_pem{};
  std::string read_client_id{};
  std::string read_secret{};
  std::string write_client_id{};
  std::string write_certificate_pem{};
  std::string write_key_pem{};
  std::string approve_client_id{};
  struct Person {
    std::string name{};
    std::string object{};
  };
  std::vector<Person> approvers{};
};

Result<void> write_access(const Access& access, const std::filesystem::path& folder,
                          const std::filesystem::path& policy_folder);

// A TOML basic string.
std::string toml_string(std::string_view text);

}  // namespace clawback::lab
