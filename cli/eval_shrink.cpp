#include "eval_shrink.hpp"

#include "interrupt.hpp"
#include "number.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nram/trainer/distinguish.hpp>
#include <nram/trainer/evaluation.hpp>

namespace nram::cli {
namespace {

bool fails(const Executor& executor, const TestCase& test) {
  const Verdict verdict = judge(executor, test, step_limit_of(test));
  stop_if_interrupted();
  return !verdict.right() || !verdict.stopped;
}

auto size_of_case(const TestCase& test) {
  const std::vector<Word>& memory = test.example.memory;
  return std::tuple(memory.size(), std::accumulate(memory.begin(), memory.end(), 0.0));
}

Modulus modulus_of(const TestCase& test) {
  return test.modulus.value_or(Modulus::of(test.example.memory.size()));
}

/// Of a task: the smallest one of the shortest length of which one fails.
void shrink_drawn(const Executor& executor, const EvalCases& cases, std::size_t failure,
                  SmallestCase& smallest) {
  constexpr std::uint64_t each = 400;
  constexpr std::size_t all_up_to = 64;  // longer ones by twice the length, and fewer
  const std::size_t longest = cases.elements(failure);
  bool found = false;
  for (std::size_t n = cases.shortest(); n <= longest && !found;
       n = n < all_up_to ? n + 1 : 2 * n) {
    for (std::uint64_t k = 0; k < (n <= all_up_to ? each : each / 10); ++k) {
      TestCase test = cases.draw_small(n, k);
      ++smallest.tried;
      const bool is_smaller = !found || size_of_case(test) < size_of_case(smallest.test);
      if (is_smaller && fails(executor, test)) {
        smallest.test = std::move(test);
        smallest.origin = fmt::format("an input of {} with {} element{}", cases.task_name(), n,
                                      n == 1 ? "" : "s");
        found = true;
      }
    }
  }
}

/// Of a file: the smallest one of all.
void shrink_read(const Executor& executor, const EvalCases& cases, SmallestCase& smallest) {
  for (std::size_t i = 0; i < cases.size(); ++i) {
    TestCase test = cases.make(i);
    ++smallest.tried;
    if (size_of_case(test) < size_of_case(smallest.test) && fails(executor, test)) {
      smallest.test = std::move(test);
      smallest.origin = cases.where(i);
    }
  }
}

/// Whether the program has no result at all, which is wrong whatever is expected.
bool has_no_result(const Executor& executor, const TestCase& test) {
  const Verdict verdict = judge(executor, test, step_limit_of(test));
  stop_if_interrupted();
  return verdict.faulted || !verdict.stopped;
}

/// Inputs like the examples, on which the program has no result, either.
void shrink_like_examples(const Executor& executor, const EvalCases& cases,
                          SmallestCase& smallest) {
  constexpr std::uint64_t most_tries = 3000;
  InputSearch search;
  draw_like(cases.examples(), smallest.test.modulus.has_value(), search);
  Random random(1);
  Example at = smallest.test.example;  // still says which cells count, for the next try
  for (std::uint64_t i = 0; i < most_tries; ++i) {
    const auto input = search.shrink(at, random);
    ++smallest.tried;
    if (!input) {
      continue;
    }
    TestCase test{*input, smallest.test.modulus};
    test.example.expected.assign(input->memory.size(), std::nullopt);  // nobody knows
    if (size_of_case(test) < size_of_case(smallest.test) && has_no_result(executor, test)) {
      at = *input;
      smallest.test = std::move(test);
      smallest.origin = "an input like the examples";
    }
  }
}

void run_once(const Executor& executor, SmallestCase& smallest) {
  const Example& example = smallest.test.example;
  smallest.got = example.memory;
  RunOptions options;
  options.modulus = modulus_of(smallest.test);
  options.registers = initial_registers(example, executor.machine());
  options.step_limit = step_limit_of(smallest.test);
  smallest.result = executor.run(MemoryView(std::span(smallest.got)), options);
  for (std::size_t cell = 0; cell < smallest.got.size(); ++cell) {
    const auto& wanted = example.expected[cell];
    if (wanted && *wanted != smallest.got[cell]) {
      smallest.wrong_cells.push_back(cell);
    }
  }
}

std::string cell_text(const ShrinkReport& report, Word value) {
  return number_text(value, modulus_of(report.smallest.test), report.order);
}

constexpr std::size_t most_cells_shown = 200;

std::string shown_cells(const ShrinkReport& report, const std::vector<Word>& cells) {
  return cells_text(cells.size(), most_cells_shown,
                    [&](std::size_t cell) { return cell_text(report, cells[cell]); });
}

std::string shown_cells(const ShrinkReport& report, const std::vector<std::optional<Word>>& cells) {
  return cells_text(cells.size(), most_cells_shown, [&](std::size_t cell) {
    return cells[cell] ? cell_text(report, *cells[cell]) : "-";
  });
}

/// The command that shows the run; empty if its memory is too large for a line.
std::string trace_command(const ShrinkReport& report) {
  const TestCase& test = report.smallest.test;
  if (test.example.memory.size() > most_cells_shown) {
    return {};
  }
  std::string command = fmt::format("echo {} | nram run {} - --trace",
                                    shown_cells(report, test.example.memory), report.program);
  const std::string modulus = !test.modulus                        ? "cells"
                              : *test.modulus == Modulus::word64() ? "word"
                                                                   : test.modulus->to_string();
  command += " --modulus " + modulus;
  if (!test.example.registers.empty()) {
    std::vector<std::string> registers;
    for (const Word value : test.example.registers) {
      registers.push_back(std::to_string(value));
    }
    command += fmt::format(" --registers {}", fmt::join(registers, ","));
  }
  if (report.live) {
    command += " --live";
  }
  constexpr std::uint64_t usual = 200;
  const std::uint64_t step = report.wrong ? report.wrong->step : report.smallest.result.steps;
  if (step > usual) {
    command += fmt::format(" --trace-from {}", step - usual / 10);
  }
  return command;
}

std::string wrong_text(const ShrinkReport& report) {
  const auto& smallest = report.smallest;
  if (report.wrong) {
    const MemoryAccess& write = report.wrong->write;
    const auto& wanted = smallest.test.example.expected[write.address];
    return fmt::format(
        "first wrong write: step {} writes {} to cell {}, which should hold {} at "
        "the end",
        report.wrong->step, cell_text(report, write.value), write.address,
        cell_text(report, *wanted));
  }
  if (smallest.result.outcome == Outcome::finished && !smallest.wrong_cells.empty()) {
    return fmt::format("no step writes cell {}", smallest.wrong_cells.front());
  }
  return {};
}

}  // namespace

SmallestCase find_smallest_case(const Executor& executor, const EvalCases& cases,
                                std::size_t failure) {
  SmallestCase smallest{cases.make(failure), cases.where(failure)};
  if (cases.is_file()) {
    shrink_read(executor, cases, smallest);
    if (has_no_result(executor, smallest.test)) {
      shrink_like_examples(executor, cases, smallest);
    }
  } else {
    shrink_drawn(executor, cases, failure, smallest);
  }
  run_once(executor, smallest);
  return smallest;
}

std::optional<WrongWrite> first_wrong_write(SteppedRun& run, const SmallestCase& smallest) {
  std::map<std::size_t, WrongWrite> last;  // by cell
  while (run.advance()) {
    const auto write = run.step().write(run.machine());
    if (write && std::ranges::binary_search(smallest.wrong_cells, write->address)) {
      last[write->address] = {run.step().number, *write};
    }
  }
  std::optional<WrongWrite> first;
  for (const auto& [cell, write] : last) {
    if (!first || write.step < first->step) {
      first = write;
    }
  }
  return first;
}

std::string shrink_text(const ShrinkReport& report) {
  const SmallestCase& smallest = report.smallest;
  const Example& example = smallest.test.example;
  std::string text =
      fmt::format("smallest failure found in {} cases: {}, modulo {}\n", smallest.tried,
                  smallest.origin, modulus_of(smallest.test).to_string());
  text += fmt::format("  memory    {}\n", shown_cells(report, example.memory));
  if (!std::ranges::all_of(example.expected, [](const auto& cell) { return !cell; })) {
    text += fmt::format("  expected  {}\n", shown_cells(report, example.expected));
  }
  text += fmt::format("  got       {}\n", shown_cells(report, smallest.got));
  text += fmt::format("  {}\n", report.reason);
  if (const std::string wrong = wrong_text(report); !wrong.empty()) {
    text += fmt::format("  {}\n", wrong);
  }
  if (const std::string command = trace_command(report); !command.empty()) {
    text += fmt::format("  to see it: {}\n", command);
  }
  return text;
}

Json shrink_json(const ShrinkReport& report) {
  const SmallestCase& smallest = report.smallest;
  const Example& example = smallest.test.example;
  const auto number = [&](Word value) {
    return json_number(value, report.order, modulus_of(smallest.test));
  };
  const auto numbers = [&](const std::vector<Word>& values) {
    return json_numbers(values, report.order, modulus_of(smallest.test));
  };
  Json expected = Json::array();
  for (const auto& cell : example.expected) {
    expected.push_back(cell ? number(*cell) : Json());
  }
  Json json{{"tried", smallest.tried},
            {"origin", smallest.origin},
            {"modulus", modulus_of(smallest.test).to_string()},
            {"memory", numbers(example.memory)},
            {"expected", std::move(expected)},
            {"got", numbers(smallest.got)},
            {"wrong_cells", smallest.wrong_cells},
            {"steps", smallest.result.steps},
            {"reason", report.reason},
            {"first_wrong_write", nullptr},
            {"command", trace_command(report)}};
  if (report.wrong) {
    const MemoryAccess& write = report.wrong->write;
    json["first_wrong_write"] = {{"step", report.wrong->step},
                                 {"address", write.address},
                                 {"before", number(write.before)},
                                 {"value", number(write.value)}};
  }
  return json;
}

}  // namespace nram::cli
