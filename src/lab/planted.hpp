#pragma once

#include "lab/scene.hpp"

namespace clawback::lab {

inline constexpr std::size_t planted_users_min = 12;  // members that the planted cases need

void plant_abused(Scene& scene);
void plant_benign(Scene& scene);
// An application made by this tenant, our own registrations and Microsoft's applications.
void plant_owned(Scene& scene);

}  // namespace clawback::lab
