#pragma once

#include <span>
#include <string>
#include <string_view>

#include "lab/filter.hpp"
#include "lab/page.hpp"
#include "lab/tenant.hpp"

namespace clawback::lab {

// `select` empty: every property that v1.0 returns without $select.
void append_app(std::string& out, const ServicePrincipal& app,
                std::span<const std::string_view> select);

// {"@odata.context":…, properties}.
std::string app_entity(const Call& call, const ServicePrincipal& app);

struct AppItems {
  std::span<const std::string_view> select;
  static const std::string& key(const ServicePrincipal& app) { return app.id; }
  static bool match(const Filter& filter, const ServicePrincipal& app);
  void render(std::string& out, const ServicePrincipal& app) const { append_app(out, app, select); }
};

}  // namespace clawback::lab
