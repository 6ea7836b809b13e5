#include "evaluation/polled_executor.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/failure.hpp>

namespace nram {
namespace {

bool fails(const Executor& executor, const TestCase& test) {
  const Verdict verdict = judge(executor, test, step_limit_of(test));
  return !verdict.right() || !verdict.stopped;
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
  constexpr std::size_t per_level = 100;
  constexpr std::size_t held_out = 300;
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
  std::vector<TestCase> cases = task.draw_held_out(held_out, 1, random);
  for (std::size_t level = 0; level < task.small_levels(); ++level) {
    for (TestCase& test : task.draw_cases(level, per_level, largest_modulus, random)) {
      cases.push_back(std::move(test));
    }
  }
  const TestCase* smallest = nullptr;
  try {
    for (const TestCase& test : cases) {
      const bool smaller =
          smallest == nullptr || test.example.memory.size() < smallest->example.memory.size();
      if (smaller && fails(*executor, test)) {
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
