#include "programs/learning_machine.hpp"

#include "programs/unfolding.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

namespace nram {
namespace {

bool always_kept(Opcode opcode) {
  return opcode == Opcode::read || opcode == Opcode::inc || opcode == Opcode::add ||
         opcode == Opcode::write || opcode == Opcode::constant || opcode == Opcode::custom;
}

std::vector<unsigned> draw_round(const Machine& machine, double share, bool last, Random& random) {
  std::vector<unsigned> kept;
  for (unsigned q = 0; q < machine.modules().size(); ++q) {
    const Opcode opcode = machine.modules()[q].opcode;
    // A number is drawn for each of them, so that tables that differ in one module draw alike.
    const bool drawn = random.chance(share);
    if ((drawn || always_kept(opcode)) && (last || opcode != Opcode::write)) {
      kept.push_back(q);
    }
  }
  return kept;
}

// Drops modules until no more than `most` are left; false if that is impossible.
bool shorten(const Machine& machine, std::size_t most, Random& random,
             std::vector<unsigned>& kept) {
  while (kept.size() > most) {
    std::vector<std::size_t> others;
    for (std::size_t k = 0; k < kept.size(); ++k) {
      if (!always_kept(machine.modules()[kept[k]].opcode)) {
        others.push_back(k);
      }
    }
    if (others.empty()) {
      return false;
    }
    kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(others[random.below(others.size())]));
  }
  return true;
}

// The modules of all rounds.
std::vector<unsigned> draw(const Machine& machine, double share, unsigned rounds,
                           std::size_t first_round, Random& random) {
  std::vector<unsigned> kept;
  if (rounds == 2 && MemoryModules(machine).can_leave_alone()) {
    kept = draw_round(machine, share, false, random);
    if (!shorten(machine, first_round, random, kept)) {
      kept.clear();
    }
  }
  const std::vector<unsigned> last = draw_round(machine, share, true, random);
  if (kept.size() + last.size() > Machine::max_modules) {
    kept.clear();
  }
  kept.insert(kept.end(), last.begin(), last.end());
  if (kept.empty()) {
    kept.push_back(0);  // a machine has to have one
  }
  return kept;
}

Machine machine_of(const Machine& target, const std::vector<unsigned>& kept) {
  std::vector<Module> modules;
  for (std::size_t k = 0; k < kept.size(); ++k) {
    Module module = target.modules()[kept[k]];
    const bool again = std::find(kept.begin() + static_cast<std::ptrdiff_t>(k) + 1, kept.end(),
                                 kept[k]) != kept.end();
    module.name += again ? "'" : "";
    modules.push_back(std::move(module));
  }
  return {target.registers(), std::move(modules), target.order()};
}

}  // namespace

LearningMachine::LearningMachine(const Machine& target, double share, unsigned rounds,
                                 std::size_t first_round, Random& random)
    : target_(target),
      modules_(draw(target, share, rounds, first_round, random)),
      rounds_(std::ranges::adjacent_find(modules_, std::ranges::greater_equal()) == modules_.end()
                  ? 1
                  : 2),
      machine_(machine_of(target, modules_)) {}

Program LearningMachine::unfolded(const Program& program) const {
  const MemoryModules memory(target_);
  std::vector<Unfolding> steps;
  unsigned registers = target_.registers();
  for (const Circuit& circuit : program.circuits()) {
    steps.emplace_back(machine_, modules_, memory, circuit);
    registers = std::max(registers, steps.back().registers());
  }
  const Machine wide(registers, target_.modules(), target_.order());

  std::vector<Circuit> circuits;
  std::ranges::transform(steps, std::back_inserter(circuits),
                         [&](const Unfolding& step) { return step.last(wide); });
  std::vector<Rule> rules;
  std::uint32_t states = program.states();
  for (Rule rule : program.rules()) {
    const Unfolding& step = steps[rule.transition.circuit];
    if (step.in_two()) {
      // A state of its own between the two.
      rules.push_back({states, 0, 0, rule.transition});
      rule.transition = {static_cast<std::uint32_t>(circuits.size()), states++, false};
      circuits.push_back(step.first(wide));
    }
    rules.push_back(rule);
  }
  return {wide, std::move(circuits), std::move(rules), program.metadata()};
}

}  // namespace nram
