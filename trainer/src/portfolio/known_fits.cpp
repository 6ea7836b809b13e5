#include "portfolio/known_fits.hpp"

#include "evaluation/hard_program.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include <nram/engine/executor.hpp>
#include <nram/trainer/evaluation.hpp>

namespace nram {
namespace {

std::uint64_t number_in(const Model& model, const std::string& key) {
  std::uint64_t number = 0;
  if (const auto said = model.metadata().find(key); said != model.metadata().end()) {
    const std::string& text = said->second;
    std::from_chars(text.data(), text.data() + text.size(), number);
  }
  return number;
}

Arm arm_in(const Model& model) {
  const auto said = model.metadata().find("found-by");
  for (const Arm arm : {Arm::gradient, Arm::automaton, Arm::annealing, Arm::repair, Arm::joint}) {
    if (said != model.metadata().end() && said->second == name_of(arm)) {
      return arm;
    }
  }
  return Arm::annealing;
}

}  // namespace

std::vector<KnownFit> known_fits(const AttemptContext& context, std::span<const Model> models) {
  std::vector<KnownFit> fits;
  if (context.task.examples().empty()) {
    return fits;
  }
  constexpr std::size_t all = std::numeric_limits<std::size_t>::max();
  constexpr std::size_t with_those_learned_from = 2;
  Random random(context.settings.portfolio.seed);
  const std::vector<TestCase> cases =
      context.task.draw_held_out(all, with_those_learned_from, random);
  for (const Model& model : models) {
    const std::optional<Program> program = hard_program(model, {});
    if (!program) {
      continue;
    }
    const Evaluation evaluation = evaluate(*make_executor(Engine::interpreter, *program), cases);
    const bool is_clean = evaluation.clean_cases == evaluation.cases;
    if (!evaluation.perfect() || (context.settings.cost.preserve && !is_clean)) {
      continue;
    }
    std::size_t learned = number_in(model, "learned-cells");
    if (learned == 0) {
      learned = context.task.stage(context.task.stages() - 1).learned_cells().value_or(0);
    }
    AttemptProgress attempt;
    attempt.number = number_in(model, "attempt");
    attempt.status = AttemptStatus::solved;
    attempt.arm = arm_in(model);
    attempt.work = attempt.work_limit = number_in(model, "work");
    attempt.best = {evaluation.accuracy(), evaluation.stops(), evaluation.clean()};
    fits.push_back({model, {*program, learned}, attempt});
  }
  return fits;
}

}  // namespace nram
