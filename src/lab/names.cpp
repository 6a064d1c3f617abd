#include "lab/names.hpp"

#include <array>
#include <string_view>

namespace clawback::lab {
namespace {

using Words = std::array<std::string_view, 24>;

constexpr Words given_names = {"Ada",     "Bob",   "Chidi", "Dana",   "Elif",  "Farid",
                               "Grace",   "Hiro",  "Ines",  "Jonas",  "Katya", "Liam",
                               "Marisol", "Nadia", "Oskar", "Priya",  "Quinn", "Rosa",
                               "Samir",   "Tove",  "Uma",   "Viktor", "Wanda", "Yusuf"};
constexpr Words family_names = {
    "Abara",   "Bergman", "Castillo", "Dvorak",  "Eriksen", "Fontaine", "Gupta",  "Hoffman",
    "Ibrahim", "Jansen",  "Kimura",   "Larsson", "Moreau",  "Nguyen",   "Okafor", "Petrov",
    "Quist",   "Romano",  "Schmidt",  "Tanaka",  "Usman",   "Vasquez",  "Weber",  "Zielinski"};
constexpr Words marks = {"Bluepine", "Cloudreef",  "Datawren",   "Everhill",  "Fernway",
                         "Glasshop", "Harborly",   "Inkwell",    "Juniper",   "Kestrel",
                         "Lumenary", "Meadowlark", "Northgate",  "Oakline",   "Palmetto",
                         "Quarry",   "Riverbend",  "Sandbar",    "Tallgrass", "Umbra",
                         "Vantage",  "Willowby",   "Yellowtail", "Zephyr"};
constexpr Words products = {"Scheduler",  "Boards", "Sign",      "Expenses", "Helpdesk",
                            "Surveys",    "Wiki",   "Payroll",   "Recruit",  "Rooms",
                            "Whiteboard", "Forms",  "Analytics", "Learning", "Tasks",
                            "Directory",  "Badges", "Travel",    "Backup",   "Insights",
                            "Projects",   "Portal", "Connect",   "Studio"};

}  // namespace

PersonName make_person(Random& random) {
  PersonName person;
  person.given = random.pick(given_names);
  person.family = random.pick(family_names);
  return person;
}

std::string make_app_name(Random& random) {
  std::string name(random.pick(marks));
  name.push_back(' ');
  name += random.pick(products);
  return name;
}

std::string make_company_name(Random& random) {
  std::string name(random.pick(marks));
  return name + " Software";
}

}  // namespace clawback::lab
