#include "end_option.hpp"

#include "unit_option.hpp"

namespace nram::cli {

void EndOption::add_to(CLI::App& verb) {
  auto* steps = take_count(verb.add_option("--steps", steps_,
                                           "At most this many steps a memory (20000, 10M); "
                                           "without it, 64 a cell and 65,536 more, or as many as "
                                           "the program says"))
                    ->check(CLI::PositiveNumber);
  verb.add_flag("--until-steps", until_steps_,
                "With --steps: reaching them is a normal end, for programs that do not stop by "
                "themselves")
      ->needs(steps);
}

void EndOption::apply(const Meaning& meaning, MemoryRunOptions& options) const {
  options.step_limit = steps_;
  options.step_limit_is_end = until_steps_;
  if (meaning.steps && (steps_ == 0 || *meaning.steps <= steps_)) {
    options.step_limit = *meaning.steps;
    options.step_limit_is_end = true;
  }
}

}  // namespace nram::cli
