#include "evidence/trial_run.hpp"

#include <span>

#include <nram/engine/modulus_rule.hpp>
#include <nram/trainer/evaluation.hpp>

namespace nram {

RunOptions options_for(const Program& program, const Example& input) {
  RunOptions options;
  options.modulus =
      ModulusRule::of(program.meaning()).modulus_for(input.memory.size(), CellType::u64);
  options.registers = input.registers;
  options.step_limit = step_slack * *input.steps;
  return options;
}

std::optional<std::vector<Word>> result_of(const Executor& executor, const Program& program,
                                           const Example& input) {
  std::vector<Word> memory = input.memory;
  const RunResult run = executor.run(MemoryView(std::span(memory)), options_for(program, input));
  return run.outcome == Outcome::finished ? std::optional(std::move(memory)) : std::nullopt;
}

}  // namespace nram
