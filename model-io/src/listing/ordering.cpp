#include "listing/ordering.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

namespace nram::listings {

Ordering::Ordering(Expressions& expressions, const std::vector<Store>& stores,
                   std::vector<Item> items, const Names& names,
                   const std::vector<std::set<std::size_t>>& together)
    : expressions_(expressions),
      stores_(stores),
      items_(std::move(items)),
      names_(names),
      together_(together),
      before_(items_.size()),
      done_(items_.size(), false) {
  find_constraints();
  find_steps_of_helpers();
}

bool Ordering::defines(const Item& item) const {
  const auto name = names_.find(item.value);
  return !item.is_store && name != names_.end() && name->second == item.place;
}

Uses Ordering::uses(const Item& item) const {
  Uses uses = uses_of(expressions_, item.value, names_, defines(item));
  if (item.is_store) {
    Uses more = uses_of(expressions_, item.address, names_);
    uses.old.merge(more.old);
    uses.names.merge(more.names);
    uses.loads.merge(more.loads);
  }
  return uses;
}

std::size_t Ordering::valid_until(Value load) const {
  const Expression expression = expressions_[load];
  auto s = static_cast<std::size_t>(expression.number);
  while (s < stores_.size() && expressions_.differ(stores_[s].address, expression.a)) {
    ++s;
  }
  return s;
}

bool Ordering::assigns(std::size_t variable) const {
  return std::ranges::any_of(
      items_, [&](const Item& item) { return !item.is_store && item.place == variable; });
}

void Ordering::find_constraints() {
  std::map<std::size_t, std::size_t> assigned;  // item by variable
  std::map<std::size_t, std::size_t> stores;    // item by place
  for (std::size_t i = 0; i < items_.size(); ++i) {
    (items_[i].is_store ? stores : assigned)[items_[i].place] = i;
  }
  for (std::size_t i = 0; i < items_.size(); ++i) {
    const Uses used = uses(items_[i]);
    for (const Value value : used.names) {
      const auto holder = assigned.find(names_.at(value));
      if (holder != assigned.end()) {
        before_[i].insert(holder->second);
      }
    }
    for (const std::size_t variable : used.old) {
      const auto change = assigned.find(variable);
      if (change != assigned.end() && change->second != i) {
        before_[change->second].insert(i);
      }
    }
    for (const Value load : used.loads) {
      const auto from = static_cast<std::size_t>(expressions_[load].number);
      const std::size_t until = valid_until(load);
      if (from > 0 && !stores_.empty()) {
        before_[i].insert(stores.at(from - 1));
      }
      if (until < stores_.size() && stores.at(until) != i) {
        before_[stores.at(until)].insert(i);
      }
    }
    if (items_[i].is_store && items_[i].place > 0) {
      before_[i].insert(stores.at(items_[i].place - 1));
    }
  }
}

void Ordering::find_steps_of_helpers() {
  for (bool again = true; again;) {
    again = false;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      for (const std::size_t j : before_[i]) {
        if (items_[j].is_helper && items_[j].step > items_[i].step) {
          items_[j].step = items_[i].step;
          again = true;
        }
      }
    }
  }
}

std::vector<std::size_t> Ordering::group_of(std::size_t item) const {
  std::vector<std::size_t> group;
  for (const auto& together : together_) {
    if (!items_[item].is_store && together.contains(items_[item].place)) {
      for (std::size_t i = 0; i < items_.size(); ++i) {
        if (!items_[i].is_store && together.contains(items_[i].place)) {
          group.push_back(i);
        }
      }
      return group;
    }
  }
  return {item};
}

bool Ordering::is_ready(const std::vector<std::size_t>& group) const {
  for (const std::size_t i : group) {
    for (const std::size_t j : before_[i]) {
      if (!done_[j] && std::ranges::find(group, j) == group.end()) {
        return false;
      }
    }
  }
  return true;
}

bool Ordering::find() {
  const auto key = [&](std::size_t i) {
    return std::pair(items_[i].step, items_[i].is_store ? 0 : 1);
  };
  for (std::size_t left = items_.size(); left > 0;) {
    std::optional<std::size_t> chosen;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (!done_[i] && is_ready(group_of(i)) && (!chosen || key(i) < key(*chosen))) {
        chosen = i;
      }
    }
    if (!chosen) {
      return false;
    }
    order_.push_back(group_of(*chosen));
    for (const std::size_t i : order_.back()) {
      done_[i] = true;
      --left;
    }
  }
  return true;
}

std::set<std::size_t> Ordering::reach(std::size_t from) const {
  std::set<std::size_t> seen;
  std::vector<std::size_t> open = {from};
  while (!open.empty()) {
    const std::size_t i = open.back();
    open.pop_back();
    for (const std::size_t member : group_of(i)) {
      for (const std::size_t j : before_[member]) {
        if (!done_[j] && seen.insert(j).second) {
          open.push_back(j);
        }
      }
    }
  }
  return seen;
}

std::vector<std::size_t> Ordering::circle() const {
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (done_[i]) {
      continue;
    }
    const std::set<std::size_t> from = reach(i);
    if (!from.contains(i)) {
      continue;
    }
    std::vector<std::size_t> members;
    std::ranges::copy_if(from, std::back_inserter(members),
                         [&](std::size_t j) { return j == i || reach(j).contains(i); });
    return members;
  }
  return {};
}

}  // namespace nram::listings
