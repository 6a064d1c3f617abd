#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lab/call.hpp"
#include "lab/filter.hpp"

// Pages of a collection: what every list operation shares.
namespace clawback::lab {

struct PageRules {
  std::string_view resource;  // for messages, e.g. "ServicePrincipal"
  std::span<const Filterable> filterable{};
  std::string_view sortable{};  // the property that $orderby may name
  std::size_t top_max = 999;
  std::size_t top_default = 0;  // 0: as configured
};

struct PagePlan {
  std::size_t top = 100;
  std::size_t number = 1;
  std::string after{};  // id of the last object of the page before
  bool counted = false;
  bool empty = false;  // this page has nothing on it, but there is a next one
  bool ascending = false;
  std::optional<Filter> filter{};
  std::vector<std::string_view> select{};  // points into the call's query
};

Parsed<PagePlan> plan_page(const Backend& backend, const Call& call, const PageRules& rules);

std::vector<std::string_view> split_names(std::string_view list);

struct PageBody {
  std::string items{};
  std::string last{};
  std::size_t count = 0;
  std::size_t total = 0;
  bool more = false;
};

// Adds an item unless the page is full. False: it was full, and there is more.
template <class Items, class T>
bool add_to_page(PageBody& page, const PagePlan& plan, const Items& items, const T& object) {
  if (plan.filter && !items.match(*plan.filter, object)) return true;
  if (plan.empty || page.count == plan.top) {
    page.more = true;
    return false;
  }
  if (page.count++ > 0) page.items.push_back(',');
  items.render(page.items, object);
  page.last = items.key(object);
  return true;
}

Reply finish_page(const Backend& backend, const Call& call, const PagePlan& plan,
                  std::string_view context, const PageBody& page);

template <class T>
const T& object_of(const std::pair<const std::string, T>& entry) {
  return entry.second;
}
template <class T>
const T& object_of(const T* entry) {
  return *entry;
}

// A page of a range that is sorted by id, from `start` on.
template <class Items, class Range, class It>
PageBody fill_page(const PagePlan& plan, const Items& items, const Range& all, It start) {
  PageBody page;
  if (plan.counted) {
    page.total = static_cast<std::size_t>(std::ranges::count_if(all, [&](const auto& entry) {
      return !plan.filter || items.match(*plan.filter, object_of(entry));
    }));
  }
  for (It at = start; at != all.end(); ++at) {
    if (!add_to_page(page, plan, items, object_of(*at))) break;
  }
  return page;
}

template <class Items, class T>
PageBody page_of(const PagePlan& plan, const Items& items, const std::map<std::string, T>& all) {
  return fill_page(plan, items, all,
                   plan.after.empty() ? all.begin() : all.upper_bound(plan.after));
}

template <class Items, class T>
PageBody page_of(const PagePlan& plan, const Items& items, const std::vector<const T*>& all) {
  const auto id_of = [](const T* object) -> const std::string& { return object->id; };
  return fill_page(plan, items, all, std::ranges::upper_bound(all, plan.after, {}, id_of));
}

}  // namespace clawback::lab
