#include "attempt_plan.hpp"

#include "discrete/candidate.hpp"

#include <algorithm>
#include <cmath>

#include <nram/engine/error.hpp>
#include <nram/engine/machine.hpp>
#include <nram/engine/program.hpp>

namespace nram {
namespace {

// Gradients are quick where they succeed at all, so every second attempt of every fourth slot is
// enough for them.
constexpr std::uint64_t gradient_share = 4;
// An attempt by gradient is at a controller if its turn is a multiple of this; the others are at
// automata, which learn far more. Beside annealing, the turns of gradients are all even, so that
// every fourth of them, the first one among them, is at a controller. Without annealing it is every
// eighth.
constexpr std::uint64_t controller_share = 8;

// Registers of controllers. Few make the search smaller, some tasks need more; five are rarely
// better than four.
constexpr std::array controller_registers = {3U, 3U, 4U, 3U, 5U, 4U};

// Automata: one state or few for loops, more for what has several parts. Where a step does much, so
// that one state is enough, what is right for the shortest examples mostly goes on to be right;
// with more states, it would take their elements one by one.
// The turn says which one; as turns of gradients beside annealing are even, the first, third and
// fifth come up then, and all six without annealing.
constexpr std::array automaton_plans = {
    AutomatonPlan{.states = 1, .registers = 4, .tied = false, .rounds = 2, .levels = 2},
    AutomatonPlan{.states = 2, .registers = 4, .tied = true, .rounds = 2, .levels = 5},
    AutomatonPlan{.states = 2, .registers = 4, .tied = false, .rounds = 2, .levels = 5},
    AutomatonPlan{.states = 1, .registers = 4, .tied = false, .rounds = 2, .levels = 2},
    AutomatonPlan{.states = 2, .registers = 4, .tied = true, .rounds = 2, .levels = 5},
    AutomatonPlan{.states = 3, .registers = 4, .tied = true, .rounds = 1, .levels = 5},
};

// Annealing behind a prologue. What has been loaded before is of use only as long as most steps
// leave it alone; some states more settle the ends.
constexpr AnnealingPlan behind_prologue = {.registers = 6,
                                           .states = 8,
                                           .levels = discrete::Levels::harder,
                                           .features = 0.0,
                                           .partial_credit = 0.6,
                                           .prologue_cells = 1,  // as many as the settings say
                                           .keep = {0.85, 0.4},
                                           .spare_states = 2,
                                           .most_at_half = 0.5,
                                           .limit_steps = true};
// Behavioural features help where a program has to compare; easier examples are quicker and lead to
// it step by step.
constexpr AnnealingPlan comparing = {
    .registers = 4, .states = 12, .levels = discrete::Levels::easier, .features = 0.5};
// Harder examples and few states keep loops from being unrolled; few registers make for small
// programs.
constexpr AnnealingPlan looping = {
    .registers = 4, .states = 8, .levels = discrete::Levels::harder, .most_at_half = 0.6};

// Slots begin with the second to fourth.
constexpr std::array annealing_plans = {behind_prologue, looping,         comparing,
                                        behind_prologue, looping,         behind_prologue,
                                        behind_prologue, behind_prologue, behind_prologue};

// Where an attempt stands in whatever attempts take turns with: one further than the attempt before
// it in its slot, and than the one beside it in the slot before.
std::uint64_t turn_of(const Settings& settings, std::uint64_t number) {
  return number % settings.portfolio.slots + number / settings.portfolio.slots;
}

// The slots' first attempts take one plan after another, their second ones go on from there. Every
// fourth slot has gradients every other time; if there are others beside it, it keeps to one plan
// when it anneals.
std::uint64_t annealing_turn_of(const Settings& settings, std::uint64_t number) {
  const std::uint64_t slots = settings.portfolio.slots;
  const std::uint64_t slot = number % slots;
  const std::uint64_t turn = number / slots;
  if (slot % gradient_share == 0) {
    return slots > 1 ? 0 : 1 + turn / (settings.portfolio.gradient ? 2 : 1);
  }
  const std::uint64_t with_gradients = (slots + gradient_share - 1) / gradient_share;
  return slot - slot / gradient_share + turn * (slots - with_gradients);
}

// See AutomatonPlan::first_round_modules.
std::size_t first_round_modules(const Settings& settings, const AutomatonPlan& plan) {
  constexpr unsigned steps_between = 3;  // a state, and one for each of its rules
  unsigned most = 0;
  while (most < plan.first_round_modules && plan.registers + most < Machine::max_registers &&
         (std::uint64_t{steps_between} * plan.states + settings.machine.prologue_cells)
                 << (plan.registers + most + 1) <=
             Program::max_transitions) {
    ++most;
  }
  return most;
}

}  // namespace

Arm arm_of(const Settings& settings, const TaskNeeds& needs, std::uint64_t number) {
  const ArmSet arms = arms_in_play(settings);
  if (arms == 0) {
    throw Error(ErrorKind::usage, "all arms are switched off: there is nothing to learn with");
  }
  if (!arm_set::has(arms, Arm::annealing) && !needs.differentiable) {
    throw Error(ErrorKind::usage,
                "the examples have values or numbers of steps too large for the arms by gradient; "
                "use annealing, too");
  }
  const bool gradient = arm_set::has(arms, Arm::gradient) && needs.differentiable;
  // A task that sets more registers than annealing has room for is left to gradients.
  const bool annealing =
      arm_set::has(arms, Arm::annealing) && needs.registers <= discrete::max_registers;
  const std::uint64_t slots = settings.portfolio.slots;
  const bool gradient_turn = number % slots % gradient_share == 0 && number / slots % 2 == 0;
  if (!gradient || (annealing && !gradient_turn)) {
    return Arm::annealing;
  }
  if (arm_set::has(arms, Arm::automaton) && turn_of(settings, number) % controller_share != 0) {
    return Arm::automaton;
  }
  for (const Arm repair : {Arm::joint, Arm::repair}) {
    if (arm_set::has(arms, repair)) {
      return repair;
    }
  }
  return Arm::gradient;
}

std::size_t stage_of(const Settings& settings, std::size_t stages, std::uint64_t number) {
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(number / settings.portfolio.slots, stages - 1));
}

Random random_of(const Settings& settings, std::uint64_t number, Purpose purpose) {
  constexpr std::uint64_t purposes = 4;
  return Random(settings.portfolio.seed, number * purposes + static_cast<std::uint64_t>(purpose));
}

unsigned registers_of(const Settings& settings, std::uint64_t number, unsigned least) {
  return settings.machine.registers != 0
             ? settings.machine.registers
             : std::max(
                   least,
                   controller_registers[turn_of(settings, number) % controller_registers.size()]);
}

Settings varied_settings(const Settings& settings, std::uint64_t number) {
  Settings varied = settings;
  if (!settings.curriculum.vary) {
    return varied;
  }
  Random random(settings.portfolio.seed, ~number);  // a stream that no attempt uses
  varied.optimizer.learning_rate *= std::exp2(2.0 * random.uniform() - 1.0);
  varied.cost.ponder_cost *= std::exp2(2.0 * random.uniform());
  varied.cost.slack_steps *= static_cast<unsigned>(random.between(1, 3));
  // Programs that leave other cells alone are those that look where the data ends, which is what
  // they need for stopping there.
  varied.cost.preserve = settings.cost.preserve || random.chance(0.75);
  varied.cost.preserve_weight *= std::pow(10.0, -random.uniform());
  return varied;
}

AutomatonPlan automaton_plan(const Settings& settings, std::uint64_t number, unsigned least) {
  AutomatonPlan plan = automaton_plans[turn_of(settings, number) % automaton_plans.size()];
  const Settings::Automaton& given = settings.automaton;
  const unsigned registers = settings.machine.registers;
  plan.states = given.states != 0 ? given.states : plan.states;
  plan.registers = registers != 0 ? registers : std::max(plan.registers, least);
  // Programs of two rounds may take more registers than they are learned with.
  plan.rounds = given.rounds != 0 ? given.rounds : registers != 0 ? 1 : plan.rounds;
  plan.first_round_modules = first_round_modules(settings, plan);
  return plan;
}

double module_share(const Settings& settings, Random& random) {
  return std::min(1.0, 2.0 * settings.automaton.modules * random.uniform());
}

AnnealingPlan annealing_plan(const Settings& settings, std::uint64_t number, unsigned least) {
  AnnealingPlan plan =
      annealing_plans[annealing_turn_of(settings, number) % annealing_plans.size()];
  plan.registers = settings.machine.registers != 0 ? settings.machine.registers
                                                   : std::max(plan.registers, least);
  if (settings.annealing.states != 0) {
    plan.states = settings.annealing.states;
    plan.spare_states = 0;
  }
  plan.prologue_cells = plan.prologue_cells == 0 ? 0 : settings.machine.prologue_cells;
  plan.candidates = settings.annealing.candidates;
  plan.polish_candidates = settings.annealing.polish_candidates;
  return plan;
}

std::optional<LookPlan> look_plan(const Settings& settings, std::size_t examples) {
  if (examples == 0 || settings.portfolio.look_further <= 0.0) {
    return std::nullopt;
  }
  LookPlan plan;
  plan.further = settings.portfolio.look_further;
  if (examples < few_examples) {
    // The first program is found in no time, and without others nothing can be said about it: twice
    // as long, at least twenty rounds of annealing in each slot, but content with fewer of them.
    plan.further *= 2.0;
    plan.least = 60;
    plan.most = 4;
  }
  return plan;
}

AnnealingPlan warm_plan(const Settings& settings, std::uint64_t number, unsigned registers,
                        unsigned states) {
  AnnealingPlan plan = annealing_plan(settings, number, registers);
  plan.registers = registers;
  plan.prologue_cells = 0;
  if (states == 1 || states + plan.spare_states > plan.states) {
    plan.spare_states = 0;
  }
  plan.states = states == 1 ? 1 : std::max(plan.states, states);
  return plan;
}

AnnealingPlan repair_plan(const Settings& settings, std::uint64_t number, unsigned least) {
  return {.registers = registers_of(settings, number, least),
          .states = 1,
          .candidates = settings.repair.candidates,
          .polish_candidates = settings.annealing.polish_candidates};
}

}  // namespace nram
