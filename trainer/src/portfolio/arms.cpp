#include "portfolio/arms.hpp"

#include "attempt_plan.hpp"
#include "attempts/annealing_attempt.hpp"
#include "attempts/automaton_attempt.hpp"
#include "attempts/gradient_attempt.hpp"
#include "attempts/repair_attempt.hpp"
#include "attempts/warm_candidate.hpp"
#include "discrete/candidate.hpp"
#include "storage/cbor.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include <nram/engine/error.hpp>

namespace nram {
namespace {

// In the order of the enumeration.
constexpr std::array arms = {
    ArmRow{Arm::gradient, "gradient", "iterations", false, make_gradient_attempt},
    ArmRow{Arm::automaton, "automaton", "iterations", false, make_automaton_attempt},
    ArmRow{Arm::annealing, "annealing", "candidates", true, make_annealing_attempt},
    ArmRow{Arm::repair, "repair", "candidates", true, make_repair_attempt},
    ArmRow{Arm::joint, "joint", "candidates", true, make_repair_attempt},
};

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < arms.size(); ++i) {
    if (static_cast<std::size_t>(arms[i].arm) != i) {
      return false;
    }
  }
  return true;
}
static_assert(is_in_order());

// Throws Error(data) if the task sets more registers at the start than the settings give the
// machine, or than any arm that is left can take; Error(usage) if the settings give the machine
// more than annealing, which will have its turn, has room for.
void require_registers(const AttemptContext& context) {
  const Task& task = context.task;
  const unsigned needed = task.initial_registers();
  const unsigned given = context.settings.machine.registers;
  if (given != 0 && given < needed) {
    throw Error(ErrorKind::data,
                fmt::format("{}: the examples set {} registers at the start, --registers {} gives "
                            "the machine too few; leave that out, or ask for {}",
                            task.name(), needed, given, needed));
  }
  constexpr unsigned most = discrete::max_registers;
  constexpr unsigned most_soft = 8;  // as Settings::Machine::registers
  const Settings::Portfolio& arms = context.settings.portfolio;
  const bool by_annealing = arms.annealing && needed <= most;
  const bool by_gradient = arms.gradient && task.differentiable() && needed <= most_soft;
  if (by_annealing && given > most) {
    throw Error(ErrorKind::usage,
                fmt::format("--registers {}: annealing has room for {}; ask for fewer, or leave "
                            "annealing out (--no-annealing)",
                            given, most));
  }
  if (!by_annealing && !by_gradient) {
    throw Error(
        ErrorKind::data,
        fmt::format("{}: the examples set {} registers at the start; annealing has room for "
                    "{}, and the arms by gradient (up to {} registers) are switched off or "
                    "cannot take values so large: put what does not fit into memory",
                    task.name(), needed, most, most_soft));
  }
}

// What the attempt works on.
AttemptContext at_stage_of(const AttemptContext& context, std::uint64_t number) {
  AttemptContext staged{
      context.task.stage(stage_of(context.settings, context.task.stages(), number)),
      context.modules, context.settings, context.poll, context.warm_start};
  return staged;
}

TaskNeeds needs_of(const Task& task) { return {task.differentiable(), task.initial_registers()}; }

}  // namespace

const ArmRow& row_of(Arm arm) { return arms[static_cast<std::size_t>(arm)]; }

std::string_view name_of(Arm arm) { return row_of(arm).name; }

std::string_view unit_of(Arm arm) { return row_of(arm).unit; }

std::string_view name_of(AttemptStatus status) {
  switch (status) {
    case AttemptStatus::running:
      return "running";
    case AttemptStatus::polishing:
      return "polishing";
    case AttemptStatus::solved:
      return "solved";
    case AttemptStatus::exhausted:
      return "exhausted";
    case AttemptStatus::diverged:
      return "diverged";
  }
  return "unknown";
}

std::unique_ptr<Attempt> make_attempt(const AttemptContext& context, std::uint64_t number) {
  require_registers(context);
  require_warm_start(context);
  const Arm arm = arm_of(context.settings, needs_of(context.task), number);
  return row_of(arm).make(at_stage_of(context, number), number);
}

std::unique_ptr<Attempt> restore_attempt(const AttemptContext& context,
                                         const std::vector<std::uint8_t>& saved) {
  try {
    return restore_attempt(context, parse_cbor(saved));
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::data, fmt::format("a saved attempt is damaged: {}", error.what()));
  }
}

std::unique_ptr<Attempt> restore_attempt(const AttemptContext& context, const Json& json) {
  try {
    const auto name = json.at("arm").get<std::string>();
    const auto* const row = std::ranges::find(arms, name, &ArmRow::name);
    if (row == arms.end()) {
      throw Error(ErrorKind::data, fmt::format("a saved attempt is of the unknown arm '{}'", name));
    }
    const std::uint64_t number = count_from(json.at("number"));
    if (number >= context.settings.portfolio.attempts ||
        arm_of(context.settings, needs_of(context.task), number) != row->arm) {
      throw Error(ErrorKind::data,
                  fmt::format("a saved attempt {} is of the arm '{}', which is not its turn",
                              number, name));
    }
    auto attempt = row->make(at_stage_of(context, number), number);
    attempt->restore_from(json);
    return attempt;
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::data, fmt::format("a saved attempt is damaged: {}", error.what()));
  }
}

}  // namespace nram
