#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/json.hpp"

// What the events of both OCSF classes have in common. Source: schema.ocsf.io, version 1.5.0.
namespace clawback::report {

inline constexpr std::string_view ocsf_version = "1.5.0";
// Event ids are made from what they are of, so that the same export twice has the same ones.
inline constexpr std::string_view ocsf_space = "0c5f2d1e-7a43-5b8e-9d10-3f6a1c2b4e57";

struct Caption {  // an enumerated value and its name in the schema
  int id = 0;
  std::string_view caption;
};
struct OcsfClass {
  int uid = 0;
  std::string_view name;
};

// Class, category, type, activity and severity.
json::object ocsf_event(const OcsfClass& kind, const Caption& activity, const Caption& severity);
json::object ocsf_metadata(std::string_view tenant, std::string_view uid);
json::object observable(std::string_view name, const Caption& type, std::string_view value);

}  // namespace clawback::report
