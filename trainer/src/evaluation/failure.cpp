#include "evaluation/polled_executor.hpp"

#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nram/engine/error.hpp>
#include <nram/engine/modulus_rule.hpp>
#include <nram/trainer/failure.hpp>

namespace nram {
namespace {

bool fails(const Executor& executor, const TestCase& test) {
  const Verdict verdict = judge(executor, test, step_limit_of(test));
  return !verdict.right() || !verdict.stopped;
}

// What a run without --modulus shows comes first, then what one with --modulus cells does: other
// moduli are for learning only.
auto rank_of_case(const TestCase& test, const Program& program) {
  const std::size_t cells = test.example.memory.size();
  const Modulus of_run = ModulusRule::of(program.meaning()).modulus_for(cells, CellType::u64);
  const Modulus modulus = test.modulus.value_or(Modulus::of(cells));
  const unsigned distance = modulus == of_run ? 0 : !test.modulus ? 1 : 2;
  return std::tuple(distance, cells);
}

std::string text_of(const TestCase& test, Order order) {
  constexpr std::size_t most_cells = 40;
  const Modulus within = test.modulus.value_or(Modulus::of(test.example.memory.size()));
  std::vector<std::string> memory;
  for (const Word value : test.example.memory) {
    memory.push_back(number_text(value, within, order));
  }
  const std::string modulus = test.modulus ? test.modulus->to_string() : "its number of cells";
  return memory.size() > most_cells
             ? fmt::format("a memory of {} cells, modulo {}", memory.size(), modulus)
             : fmt::format("memory {}, modulo {}", fmt::join(memory, " "), modulus);
}

}  // namespace

std::string explain_failure(const Executor& executor, const Machine& machine,
                            const TestCase& test) {
  std::vector<Word> memory = test.example.memory;
  RunOptions options;
  options.modulus = test.modulus.value_or(Modulus::of(memory.size()));
  options.registers = initial_registers(test.example, machine);
  options.step_limit = step_limit_of(test);
  const RunResult result = executor.run(MemoryView(std::span(memory)), options);
  if (result.outcome == Outcome::address_fault) {
    return describe_fault(machine, result, memory.size());
  }
  for (std::size_t cell = 0; cell < memory.size(); ++cell) {
    const auto& wanted = test.example.expected[cell];
    if (wanted && *wanted != memory[cell]) {
      return fmt::format("cell {} holds {} instead of {} after {} steps", cell,
                         number_text(memory[cell], options.modulus, machine.order()),
                         number_text(*wanted, options.modulus, machine.order()), result.steps);
    }
  }
  return fmt::format("the result is right, but the program did not stop within {} steps",
                     options.step_limit);
}

std::optional<std::string> smallest_failure(const Program& program, const Task& task,
                                            std::uint64_t seed,
                                            const std::function<bool()>& is_over) {
  constexpr Word largest_modulus = 255;
  Poll poll;
  if (is_over) {
    poll = [&] {
      if (is_over()) {
        throw Cancelled{};
      }
    };
  }
  const auto executor = make_polled(make_executor(Engine::interpreter, program), poll);
  Random random(seed);
  // All of a file; otherwise as many as are drawn.
  constexpr std::size_t held_out = 300;
  constexpr std::size_t of_file = 3000;
  std::vector<TestCase> cases = task.examples().empty() ? task.draw_held_out(held_out, 1, random)
                                                        : task.draw_held_out(of_file, 2, random);
  for (std::size_t level = 0; level < task.small_levels(); ++level) {
    constexpr std::size_t each = 100;
    for (TestCase& test : task.draw_cases(level, each, largest_modulus, random)) {
      cases.push_back(std::move(test));
    }
  }
  const TestCase* smallest = nullptr;
  try {
    for (const TestCase& test : cases) {
      const bool is_smaller =
          smallest == nullptr || rank_of_case(test, program) < rank_of_case(*smallest, program);
      if (is_smaller && fails(*executor, test)) {
        smallest = &test;
      }
    }
  } catch (const Cancelled&) {  // what has been found until now will do
  }
  if (smallest == nullptr) {
    return std::nullopt;
  }
  return fmt::format(
      "{}: {}", text_of(*smallest, program.machine().order()),
      explain_failure(*make_executor(Engine::interpreter, program), program.machine(), *smallest));
}

}  // namespace nram
