#include "attempts/warm_candidate.hpp"

#include "attempts/controller_shape.hpp"
#include "programs/refused_start.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nram {
namespace {

Machine machine_for(const AttemptContext& context) {
  const unsigned own = context.warm_start->program.machine().registers();
  const unsigned given = context.settings.machine.registers;
  const unsigned needed = std::max(own, context.task.initial_registers());
  return {given != 0 ? given : needed, context.modules, context.task.order()};
}

bool same_names(const std::vector<Module>& a, const std::vector<Module>& b) {
  return std::ranges::equal(a, b, {}, &Module::name, &Module::name);
}

}  // namespace

bool is_warm(const AttemptContext& context, std::uint64_t number) {
  return context.warm_start != nullptr && number / context.settings.portfolio.slots % 2 == 0;
}

WarmCandidate warm_candidate(const AttemptContext& context) {
  const Machine machine = machine_for(context);
  if (!discrete::is_searchable(machine, 1)) {
    refuse_start(*context.warm_start, fmt::format("the search takes up to {} registers, it has {}",
                                                  discrete::max_registers, machine.registers()));
  }
  const Program program = on_machine(*context.warm_start, machine);
  const unsigned given = context.settings.annealing.states;
  const unsigned most = given != 0 ? given : discrete::max_states;
  const auto states = static_cast<unsigned>(program.states());
  if (states > most) {
    refuse_start(*context.warm_start,
                 fmt::format("it has {} states, the search {} at most", states, most));
  }
  if (given != 1) {
    if (const auto candidate = discrete::automaton_from(program)) {
      return {*candidate, machine.registers(), std::max(states, 2U)};
    }
  }
  if (const auto candidate = discrete::from_program(program); candidate && given <= 1) {
    return {*candidate, machine.registers(), 1};
  }
  refuse_start(*context.warm_start,
               fmt::format("the search takes up to {} circuits, and tables of one state "
                           "or automata that look at one register in each state",
                           discrete::max_circuits));
}

const Model* warm_model(const AttemptContext& context) {
  if (context.warm_start == nullptr || !context.warm_start->model) {
    return nullptr;
  }
  const Model& model = *context.warm_start->model;
  const unsigned given = context.settings.machine.registers;
  const unsigned own = model.machine().registers();
  const bool fits = model.controller() == controller_of(context.settings) &&
                    same_names(model.machine().modules(), context.modules) &&
                    model.machine().order() == context.task.order() &&
                    own >= context.task.initial_registers() && (given == 0 || given == own);
  return fits ? &model : nullptr;
}

void require_warm_start(const AttemptContext& context) {
  if (context.warm_start == nullptr) {
    return;
  }
  const bool by_gradient =
      context.settings.portfolio.gradient && context.task.differentiable() && warm_model(context);
  if (context.settings.portfolio.annealing) {
    (void)warm_candidate(context);
  } else if (!by_gradient) {
    refuse_start(*context.warm_start,
                 "annealing is switched off, and gradients go on from a model only whose machine "
                 "and controller are those of the settings");
  }
}

}  // namespace nram
