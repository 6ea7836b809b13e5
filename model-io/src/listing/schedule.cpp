#include "listing/schedule.hpp"

#include "listing/ordering.hpp"
#include "listing/uses.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace nram::listings {
namespace {

// Tries an order; what stands in its way gets a variable of its own, happens at once with others or
// moves before the branch; and then again.
class Scheduler {
 public:
  Scheduler(Expressions& expressions, const Work& work, std::size_t& variables)
      : expressions_(expressions), work_(work), variables_(variables) {
    for (const Assignment& assignment : work.assigned[0]) {
      const bool is_common =
          !work.condition.empty() &&
          std::ranges::any_of(work.assigned[1], [&](const Assignment& other) {
            return other.variable == assignment.variable && other.value == assignment.value;
          });
      (is_common || work.condition.empty() ? common_ : ways_[0]).push_back(assignment);
    }
    for (const Assignment& assignment : work.assigned[1]) {
      if (std::ranges::none_of(common_, [&](const Assignment& other) {
            return other.variable == assignment.variable;
          })) {
        ways_[1].push_back(assignment);
      }
    }
  }

  Schedule run() {
    constexpr unsigned most_attempts = 64;
    for (unsigned attempt = 0; attempt < most_attempts; ++attempt) {
      prepare();
      if (find_order() && finals_hold()) {
        return write();
      }
    }
    hold_everything();
    prepare();
    (void)ordering_->find();
    return write();
  }

 private:
  void prepare() {
    names_ = held_;
    find_names();
    ordering_.emplace(expressions_, work_.stores, items(), names_, together_);
  }

  // Values that are as easily written again.
  [[nodiscard]] bool is_cheap(Value value) {
    const Kind kind = expressions_[expressions_.offset_of(value).base].kind;
    return kind == Kind::constant || kind == Kind::variable;
  }

  // Names what is needed more than once: by the variable that gets it, or by a new one.
  void find_names() {
    std::map<Value, unsigned> needed;
    const auto need = [&](Value value) { count_needed(expressions_, value, names_, needed); };
    for (const auto& [value, variable] : held_) {
      count_operands(expressions_, value, names_, needed);
    }
    for (const Store& store : work_.stores) {
      need(store.address);
      need(store.value);
    }
    for (const Assignment& assignment : common_) {
      need(assignment.value);
    }
    std::ranges::for_each(work_.condition, need);
    std::map<Value, unsigned> on_way;
    for (const auto& way : ways_) {
      for (const Assignment& assignment : way) {
        count_needed(expressions_, assignment.value, names_, on_way);
      }
    }
    for (const auto& [value, times] : needed) {
      if (!is_cheap(value) && !names_.contains(value) && (times > 1 || on_way.contains(value))) {
        name(value);
      }
    }
  }

  void name(Value value) {
    for (std::size_t way = 0; way < 2; ++way) {
      const auto found = std::ranges::find(ways_[way], value, &Assignment::value);
      if (found != ways_[way].end() && may_hoist(way, *found)) {
        hoist(way, *found);
        break;
      }
    }
    const auto found = std::ranges::find(common_, value, &Assignment::value);
    if (found != common_.end() && !own_.contains(value)) {
      names_[value] = found->variable;
    } else {
      give_own(value);
      names_[value] = own_.at(value);
    }
  }

  [[nodiscard]] bool may_hoist(std::size_t way, const Assignment& assignment) const {
    return !work_.live[1 - way].contains(assignment.variable);
  }

  // Moves an assignment on one way to before the branch.
  void hoist(std::size_t way, Assignment assignment) {
    std::erase_if(ways_[way],
                  [&](const Assignment& other) { return other.variable == assignment.variable; });
    common_.push_back(assignment);
  }

  // Gives the value a variable of its own.
  void give_own(Value value) {
    if (expressions_[value].kind != Kind::constant && own_.try_emplace(value, variables_).second) {
      ++variables_;
    }
  }

  // The same, whether it is needed more than once or not.
  void hold_own() { held_.insert(own_.begin(), own_.end()); }

  std::vector<Item> items() {
    std::vector<Item> items;
    for (std::size_t s = 0; s < work_.stores.size(); ++s) {
      const Store& store = work_.stores[s];
      items.push_back({true, s, store.value, store.address, store.step});
    }
    for (const Assignment& assignment : common_) {
      items.push_back({false, assignment.variable, assignment.value, 0, assignment.step});
    }
    for (const auto& [value, variable] : own_) {
      const auto name = names_.find(value);
      if (name != names_.end() && name->second == variable) {
        items.push_back({false, variable, value, 0, ~std::size_t{0}, true});
      }
    }
    return items;
  }

  bool find_order() {
    if (separate_groups()) {
      return false;
    }
    if (!ordering_->find()) {
      resolve(ordering_->circle());
      return false;
    }
    return true;
  }

  // What happens at once cannot use what it changes; true if something had to be changed for that.
  bool separate_groups() {
    bool is_changed = false;
    for (const Item& item : ordering_->items()) {
      for (const auto& together : together_) {
        if (!item.is_store && together.contains(item.place)) {
          is_changed = give_own_to_names(item, together) || is_changed;
        }
      }
    }
    hold_own_if(is_changed);
    return is_changed;
  }

  // Values that the item has from these variables get others; true if there were any.
  bool give_own_to_names(const Item& item, const std::set<std::size_t>& changed) {
    bool is_any = false;
    for (const Value value : ordering_->uses(item).names) {
      if (changed.contains(names_.at(value)) && !own_.contains(value)) {
        give_own(value);
        is_any = true;
      }
    }
    return is_any;
  }

  void hold_own_if(bool condition) {
    if (condition) {
      hold_own();
    }
  }

  // Breaks a circle: values get variables of their own, or assignments happen at once.
  void resolve(const std::vector<std::size_t>& members) {
    const std::vector<Item>& items = ordering_->items();
    bool has_store = false;
    std::set<std::size_t> changed;
    for (const std::size_t i : members) {
      has_store = has_store || items[i].is_store;
      if (!items[i].is_store) {
        changed.insert(items[i].place);
      }
    }
    bool is_resolved = false;
    for (const std::size_t i : members) {
      is_resolved = give_own_to_names(items[i], changed) || is_resolved;
    }
    if (!is_resolved && !has_store) {
      put_together(std::move(changed));
      return;
    }
    if (!is_resolved) {
      resolve_stores(members);
    }
    hold_own();
  }

  void put_together(std::set<std::size_t> changed) {
    std::erase_if(together_, [&](const std::set<std::size_t>& other) {
      const bool overlaps =
          std::ranges::any_of(other, [&](std::size_t v) { return changed.contains(v); });
      if (overlaps) {
        changed.insert(other.begin(), other.end());
      }
      return overlaps;
    });
    together_.push_back(std::move(changed));
  }

  // What a store needs from a cell that another one changes first has to be held; or else what
  // variables get.
  void resolve_stores(const std::vector<std::size_t>& members) {
    const std::vector<Item>& items = ordering_->items();
    bool is_resolved = false;
    for (const std::size_t i : members) {
      for (const Value load : ordering_->uses(items[i]).loads) {
        if (items[i].is_store && ordering_->valid_until(load) < items[i].place) {
          give_own(load);
          is_resolved = true;
        }
      }
    }
    for (const std::size_t i : members) {
      if (!items[i].is_store && !is_resolved) {
        give_own(items[i].value);
      }
    }
  }

  void hold_everything() {
    together_.clear();
    for (const auto* assignments : {&ways_[0], &ways_[1], &common_}) {
      for (const Assignment& assignment : *assignments) {
        give_own(assignment.value);
      }
    }
    for (const Value condition : work_.condition) {
      give_own(condition);
    }
    for (const Store& store : work_.stores) {
      give_own(store.address);
      give_own(store.value);
    }
    hold_own();
  }

  // Names at the end: also what has been given to variables, whatever it is.
  [[nodiscard]] Names final_names() const {
    Names names = names_;
    for (const Assignment& assignment : common_) {
      const Expression& value = expressions_[assignment.value];
      const bool is_worthwhile = value.kind == Kind::variable
                                     ? ordering_->assigns(static_cast<std::size_t>(value.number))
                                     : value.kind != Kind::constant;
      if (is_worthwhile) {
        names.try_emplace(assignment.value, assignment.variable);
      }
    }
    return names;
  }

  [[nodiscard]] bool holds_at_end(Value value, const Names& names) const {
    const Uses uses = uses_of(expressions_, value, names);
    return std::ranges::none_of(uses.old, [&](std::size_t v) { return ordering_->assigns(v); }) &&
           std::ranges::all_of(uses.loads, [&](Value load) {
             return ordering_->valid_until(load) == work_.stores.size();
           });
  }

  // Whether the condition, and what is assigned behind it, can be had at the end.
  bool finals_hold() {
    const Names names = final_names();
    for (const Value condition : work_.condition) {
      if (!holds_at_end(condition, names)) {
        keep_for_end(condition, names);
        return false;
      }
    }
    for (std::size_t way = 0; way < 2; ++way) {
      for (const Assignment& assignment : ways_[way]) {
        if (holds_at_end(assignment.value, names)) {
          continue;
        }
        if (may_hoist(way, assignment)) {
          hoist(way, assignment);
        } else {
          keep_for_end(assignment.value, names);
        }
        return false;
      }
    }
    return true;
  }

  // Gives variables to those parts of a value that cannot be had at the end.
  void keep_for_end(Value value, const Names& names) {
    if (names.contains(value) || holds_at_end(value, names)) {
      return;
    }
    const Expression expression = expressions_[value];
    if (expression.operands() == 2) {
      keep_for_end(expression.a, names);
      keep_for_end(expression.b, names);
      return;
    }
    give_own(value);
    hold_own();
  }

  Schedule write() {
    Schedule result;
    for (const auto& group : ordering_->order()) {
      Line line;
      for (const std::size_t i : group) {
        const Item& item = ordering_->items()[i];
        line.values.push_back(written(expressions_, item.value, names_, ordering_->defines(item)));
        if (item.is_store) {
          line.address = written(expressions_, item.address, names_);
        } else {
          line.variables.push_back(item.place);
        }
      }
      result.lines.push_back(std::move(line));
    }
    const Names names = final_names();
    for (const Value condition : work_.condition) {
      result.condition.push_back(written(expressions_, condition, names));
    }
    for (std::size_t way = 0; way < 2; ++way) {
      Work rest;
      for (const Assignment& assignment : ways_[way]) {
        rest.assigned[0].push_back(
            {assignment.variable, written(expressions_, assignment.value, names), assignment.step});
      }
      if (!rest.assigned[0].empty()) {
        result.on_way[way] = Scheduler(expressions_, rest, variables_).run().lines;
      }
    }
    return result;
  }

  Expressions& expressions_;
  const Work& work_;
  std::size_t& variables_;
  std::vector<Assignment> common_;  // before the branch
  std::vector<Assignment> ways_[2];
  Names own_;   // values for which there are variables of their own
  Names held_;  // those of them that are held whatever happens
  std::vector<std::set<std::size_t>> together_;
  Names names_;
  std::optional<Ordering> ordering_;
};

}  // namespace

Schedule schedule(Expressions& expressions, const Work& work, std::size_t& variables) {
  return Scheduler(expressions, work, variables).run();
}

}  // namespace nram::listings
