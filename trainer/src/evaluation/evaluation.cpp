#include <algorithm>
#include <cstddef>
#include <vector>

#include <nram/trainer/evaluation.hpp>

namespace nram {
namespace {

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double Evaluation::accuracy() const { return share(result_cells - wrong_cells, result_cells); }
double Evaluation::stops() const { return share(stopped_cases, cases); }
double Evaluation::clean() const { return share(clean_cases, cases); }

std::uint64_t step_limit_of(const TestCase& test) {
  const auto& steps = test.example.steps;
  return steps ? step_slack * *steps : default_step_limit(test.example.memory.size());
}

std::vector<Word> initial_registers(const Example& example, const Machine& machine) {
  std::vector<Word> registers = example.registers;
  if (!registers.empty()) {
    registers.resize(std::max<std::size_t>(registers.size(), machine.registers()));
  }
  return registers;
}

Verdict judge(const Executor& executor, const TestCase& test, std::uint64_t step_limit) {
  const Example& example = test.example;
  std::vector<Word> memory = example.memory;
  RunOptions options;
  options.modulus = test.modulus.value_or(Modulus::of(memory.size()));
  options.registers = initial_registers(example, executor.machine());
  options.step_limit = step_limit;
  const RunResult result = executor.run(MemoryView(std::span(memory)), options);

  Verdict verdict;
  verdict.steps = result.steps;
  verdict.stopped = result.outcome == Outcome::finished;
  verdict.faulted = result.outcome == Outcome::address_fault;
  for (std::size_t cell = 0; cell < memory.size(); ++cell) {
    if (const auto& wanted = example.expected[cell]) {
      ++verdict.result_cells;
      verdict.wrong_cells += memory[cell] != *wanted ? 1 : 0;
    } else {
      verdict.clean = verdict.clean && memory[cell] == example.memory[cell];
    }
  }
  return verdict;
}

Evaluation evaluate(const Executor& executor, std::span<const TestCase> cases) {
  Evaluation total;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Verdict verdict = judge(executor, cases[i], step_limit_of(cases[i]));
    ++total.cases;
    total.wrong_cases += verdict.right() ? 0 : 1;
    total.result_cells += verdict.result_cells;
    total.wrong_cells += verdict.wrong_cells;
    total.stopped_cases += verdict.stopped ? 1 : 0;
    total.clean_cases += verdict.clean ? 1 : 0;
    total.steps += verdict.steps;
    if (!total.first_failure && !(verdict.right() && verdict.stopped)) {
      total.first_failure = i;
    }
  }
  return total;
}

}  // namespace nram
