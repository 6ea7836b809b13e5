#include "minimising.hpp"

#include "interrupt.hpp"
#include "progress.hpp"

#include <utility>

#include <fmt/format.h>

#include <nram/engine/simplify.hpp>

namespace nram::cli {
namespace {

Json json_of_measure(const ProgramMeasure& measure) {
  return {{"steps", measure.steps},
          {"size", measure.size},
          {"states", measure.states},
          {"registers", measure.registers},
          {"clean", measure.clean}};
}

Json json_of_size(const Program& program) {
  return {{"size", size_of(program)},
          {"states", program.states()},
          {"circuits", program.circuits().size()}};
}

std::string size_text(const Program& program) {
  return fmt::format("size {}, {} states, {} circuits", size_of(program), program.states(),
                     program.circuits().size());
}

std::string row_of(const char* name, const ProgramMeasure& measure) {
  return fmt::format("  {:<8}{:>9.1f}{:>7}{:>8}{:>11}  {}\n", name, measure.steps, measure.size,
                     measure.states, measure.registers, measure.clean ? "yes" : "no");
}

template <typename Start>
auto with_progress(const Start& start, const Task& task, const Settings& settings,
                   MinimiseOptions options) {
  ProgressLine line;
  options.is_interrupted = interrupted;
  options.on_progress = [&](const ProgramMeasure& now, double seconds) {
    if (line.due()) {
      std::vector<ProgressPart> parts{{clock_text(seconds), clock_text(seconds)},
                                      {fmt::format("minimising: {:.1f} steps, size {}, {} states",
                                                   now.steps, now.size, now.states),
                                       fmt::format("{:.1f} steps", now.steps)}};
      if (options.time_budget > 0) {
        parts.push_back({fmt::format("{} left", time_left(seconds, options.time_budget, seconds))});
      }
      line.show(parts);
    }
  };
  return minimise(start, task, settings, options);
}

}  // namespace

MinimiseResult minimise_with_progress(const Program& program, const Task& task,
                                      const Settings& settings, const MinimiseOptions& options) {
  return with_progress(program, task, settings, options);
}

MinimisedModel minimise_with_progress(const Model& model, const Task& task,
                                      const Settings& settings, const MinimiseOptions& options) {
  return with_progress(model, task, settings, options);
}

std::string minimised_text(const MinimiseResult& result) {
  if (result.improvements == 0) {
    return fmt::format("minimised: nothing shorter was found in {:.1f} s ({:.1f} steps, size {})\n",
                       result.seconds, result.before.steps, result.before.size);
  }
  return fmt::format(
      "minimised in {:.1f} s (steps: mean of held-out examples; size: modules and registers that "
      "matter, and rules)\n"
      "              steps   size  states  registers  clean\n{}{}",
      result.seconds, row_of("before", result.before), row_of("after", result.after));
}

Json minimised_json(const MinimiseResult& result) {
  return {{"before", json_of_measure(result.before)},
          {"after", json_of_measure(result.after)},
          {"improvements", result.improvements},
          {"seconds", result.seconds}};
}

std::string simplified_text(const Program& before, const Program& after) {
  const std::string now = size_text(after);
  return size_text(before) == now
             ? fmt::format("simplified: there was nothing to leave out ({})\n", now)
             : fmt::format("simplified: {}, before: {}\n", now, size_text(before));
}

Json simplified_json(const Program& before, const Program& after) {
  return {{"before", json_of_size(before)}, {"after", json_of_size(after)}};
}

}  // namespace nram::cli
