#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/program.hpp>

namespace nram {
namespace {

[[noreturn]] void reject(const std::string& what) { throw Error(ErrorKind::data, what); }

}  // namespace

Program::Program(Machine machine, std::vector<Circuit> circuits, std::vector<Rule> rules,
                 std::map<std::string, std::string> metadata)
    : machine_(std::move(machine)),
      circuits_(std::move(circuits)),
      rules_(std::move(rules)),
      metadata_(std::move(metadata)),
      meaning_(meaning_of(metadata_)) {
  if (circuits_.empty() || circuits_.size() > max_circuits) {
    reject(fmt::format("a program has 1 to {} circuits, not {}", max_circuits, circuits_.size()));
  }
  for (std::size_t c = 0; c < circuits_.size(); ++c) {
    validate(machine_, circuits_[c], fmt::format("circuit {}", c));
  }
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const Rule& rule = rules_[i];
    if (rule.transition.circuit >= circuits_.size()) {
      reject(fmt::format("rule {}: refers to circuit {}, the program has {}", i,
                         rule.transition.circuit, circuits_.size()));
    }
    if (std::max(rule.state, rule.transition.next_state) >= max_states) {
      reject(fmt::format("rule {}: a program has at most {} states", i, max_states));
    }
    if (rule.care >= machine_.masks() || (rule.value & ~rule.care) != 0) {
      reject(
          fmt::format("rule {}: its condition is on registers that the machine does not have", i));
    }
    states_ = std::max({states_, rule.state + 1, rule.transition.next_state + 1});
  }
  const std::uint64_t entries = std::uint64_t{states_} * machine_.masks();
  if (entries > max_transitions) {
    reject(fmt::format("{} states and {} registers make {} transitions; at most {} are possible",
                       states_, machine_.registers(), entries, max_transitions));
  }

  constexpr auto uncovered = std::numeric_limits<std::uint32_t>::max();
  table_.assign(entries, Transition{uncovered, 0, false});
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const Rule& rule = rules_[i];
    Transition* const row = &table_[static_cast<std::size_t>(rule.state) << machine_.registers()];
    bool applies = false;
    // Only the masks that match: of the subsets of the bits that do not matter, the empty one
    // first.
    const std::uint32_t free = (machine_.masks() - 1) & ~rule.care;
    std::uint32_t rest = 0;
    do {
      Transition& entry = row[rule.value | rest];
      if (entry.circuit == uncovered) {
        entry = rule.transition;
        applies = true;
      }
      rest = (rest - free) & free;
    } while (rest != 0);
    if (!applies) {
      reject(
          fmt::format("rule {} ({}): never applies, because earlier rules of state {} match first; "
                      "remove it or move it up",
                      i, condition_text(machine_, rule), rule.state));
    }
  }
  const auto hole = std::find_if(table_.begin(), table_.end(),
                                 [](const Transition& t) { return t.circuit == uncovered; });
  if (hole != table_.end()) {
    const auto index = static_cast<std::uint32_t>(hole - table_.begin());
    const std::uint32_t all = machine_.masks() - 1;
    reject(fmt::format(
        "state {} has no rule for {}; add one (a last rule without conditions covers "
        "everything left)",
        index >> machine_.registers(), condition_text(machine_, {0, all, index & all, {}})));
  }
}

std::string condition_text(const Machine& machine, const Rule& rule) {
  std::string text;
  for (unsigned r = 0; r < machine.registers(); ++r) {
    if (((rule.care >> r) & 1U) != 0) {
      text += fmt::format("{}r{}{}0", text.empty() ? "" : " ", r,
                          ((rule.value >> r) & 1U) != 0 ? "=" : "≠");
    }
  }
  return text.empty() ? "always" : text;
}

}  // namespace nram
