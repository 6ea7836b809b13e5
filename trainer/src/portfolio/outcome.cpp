#include "portfolio/outcome.hpp"

#include "attempt_plan.hpp"
#include "evaluation/hard_program.hpp"
#include "portfolio/arms.hpp"
#include "portfolio/choice.hpp"

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace nram {

Model graded(const Model& model, const Assessment& assessment) {
  std::map<std::string, std::string> metadata = model.metadata();
  for (const auto& [key, value] : assessment.metadata()) {
    metadata.insert_or_assign(key, value);
  }
  return {model.machine(), model.controller(), model.parameters(), std::move(metadata)};
}

std::optional<Program> program_of(const Model& model, bool is_urgent) {
  using Clock = std::chrono::steady_clock;
  static constexpr auto soon = std::chrono::milliseconds(500);
  Poll poll;
  if (is_urgent) {
    poll = [begin = Clock::now()] {
      if (Clock::now() - begin > soon) {
        throw Cancelled{};
      }
    };
  }
  try {
    return hard_program(model, poll);
  } catch (const Cancelled&) {
    return std::nullopt;
  }
}

TrainResult chosen_result(const AttemptContext& context, std::span<const KnownFit> known,
                          std::span<const Finalist> found, TrainReport report, const Poll& poll) {
  std::vector<AttemptProgress> attempts;
  std::vector<Model> models;
  std::vector<Fit> fits;
  for (const KnownFit& one : known) {
    attempts.push_back(one.attempt);
    models.push_back(one.model);
    fits.push_back(one.fit);
  }
  for (const Finalist& finalist : found) {
    const auto attempt = restore_attempt(context, finalist.snapshot.saved);
    attempts.push_back(attempt->progress());
    const Task& stage = context.task.stage(
        stage_of(context.settings, context.task.stages(), attempts.back().number));
    Assessment origin{.grade = Grade::fits};  // at least
    origin.learned_cells = stage.learned_cells().value_or(0);
    models.push_back(graded(attempt->best(), origin));
    fits.push_back({hard_program(models.back(), {}).value(), origin.learned_cells});
  }
  constexpr std::uint64_t stream = ~std::uint64_t{0} >> 1U;  // that no attempt uses
  const Choice choice =
      choose(context.task, fits, Random(context.settings.portfolio.seed, stream), poll);
  report.attempt = attempts[choice.kept];
  report.assessment = choice.assessment;
  report.look_cut_short = report.look_cut_short || choice.assessment.is_cut_short;
  const Model model = graded(models[choice.kept], report.assessment);
  report.fitting = std::move(models);
  return {model, hard_program(model, {}), std::move(report)};
}

}  // namespace nram
