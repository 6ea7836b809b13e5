// Advice after a search without success: findings, and the table of what each calls for.

#include "evaluation/polled_executor.hpp"
#include "evidence/comparison.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <nram/engine/executor.hpp>
#include <nram/trainer/advice.hpp>
#include <nram/trainer/evaluation.hpp>

namespace nram {
namespace {

struct Row {
  bool (*applies)(const Findings&);
  std::string (*sentence)(const Findings&);
};

constexpr std::size_t few_inputs = 20;

constexpr std::array table = {
    Row{[](const Findings& f) { return f.faults_behind_end; },
        [](const Findings&) -> std::string {
          return "the best program has all results right, but goes on to read or write one cell "
                 "behind the end of the memory, which does not exist: add a spare cell, whose "
                 "value "
                 "does not count (null), behind every example";
        }},
    Row{[](const Findings& f) { return f.never_stops; },
        [](const Findings&) -> std::string {
          return "the best program has all results right, but does not stop by itself: show where "
                 "the data ends, by a 0 behind it or by its length in one of the first cells; more "
                 "\"steps\" in the examples help if the task needs more of them";
        }},
    Row{[](const Findings& f) { return f.wrong_modulo_cells; },
        [](const Findings&) -> std::string {
          return "the best program is right in ordinary arithmetic, which wraps round at 2^64, but "
                 "not modulo the number of cells: if nothing is to wrap round there, say so "
                 "(--modulus "
                 "word)";
        }},
    Row{[](const Findings& f) { return f.wrong_modulo_word; },
        [](const Findings&) -> std::string {
          return "the best program is right only where arithmetic wraps round at the number of "
                 "cells: if that is what you want, say so (--modulus cells); otherwise check sums, "
                 "and "
                 "values below 0, in the examples";
        }},
    Row{[](const Findings& f) { return f.constant.has_value(); },
        [](const Findings& f) {
          return fmt::format(
              "the results seem to need the number {0} ({1}), which the machine does not have: let "
              "it have it (--constants {0}), or put it into one of the first cells of every "
              "example "
              "(\"memory\": [{0}, ...], \"expected\": [{0}, ...])",
              f.constant->number, f.constant->reason);
        }},
    Row{[](const Findings& f) { return f.lengths == 1; },
        [](const Findings&) -> std::string {
          return "all examples have the same number of cells: examples of several lengths, from "
                 "the "
                 "shortest there is, lead a search step by step, and show what a program has to do "
                 "again and again";
        }},
    Row{[](const Findings& f) { return f.examples > 0 && f.examples < few_inputs; },
        [](const Findings& f) {
          return fmt::format(
              "there are only {} different inputs: some dozens, most of them short, "
              "leave fewer wrong ways open",
              f.examples);
        }},
};

struct Runs {
  bool right = true;            // all result cells
  bool stops = true;            // and no fault
  bool only_behind_end = true;  // every fault is at the first cell that does not exist
  bool faults = false;
};

Runs run_all(const Executor& executor, std::span<const Example> examples, bool cells) {
  Runs runs;
  for (const Example& example : examples) {
    std::vector<Word> memory = example.memory;
    RunOptions options;
    options.modulus = cells ? Modulus::of(memory.size()) : Modulus::word64();
    options.registers = example.registers;
    options.step_limit = step_slack * example.steps.value_or(memory.size());
    const RunResult run = executor.run(MemoryView(std::span(memory)), options);
    runs.stops = runs.stops && run.outcome != Outcome::step_limit;
    runs.faults = runs.faults || run.outcome == Outcome::address_fault;
    runs.only_behind_end =
        runs.only_behind_end && (!run.fault || run.fault->address == memory.size());
    for (std::size_t cell = 0; cell < memory.size(); ++cell) {
      const auto& wanted = example.expected[cell];
      runs.right = runs.right && (!wanted || *wanted == memory[cell]);
    }
  }
  return runs;
}

bool is_in(const std::vector<Word>& memory, Word value) {
  return std::ranges::find(memory, value) != memory.end();
}

// A number that most examples need for some result, and that is in none of their inputs: weaker
// evidence than constants_in() asks for.
std::optional<ConstantSeen> often_needed(std::span<const Example> examples,
                                         const std::set<Word>& given) {
  std::map<Word, std::size_t> needed;
  for (const Example& example : examples) {
    std::set<Word> numbers;
    for (std::size_t cell = 0; cell < example.memory.size(); ++cell) {
      const auto& wanted = example.expected[cell];
      if (!wanted || *wanted == example.memory[cell]) {
        continue;
      }
      const Word up = *wanted - example.memory[cell];
      const Word difference = std::min(up, Word{0} - up);
      for (const Word number : {*wanted, difference}) {
        if (!given.contains(number) && !is_in(example.memory, number)) {
          numbers.insert(number);
        }
      }
    }
    for (const Word number : numbers) {
      ++needed[number];
    }
  }
  const auto most = std::ranges::max_element(
      needed, {}, [](const auto& number_and_count) { return number_and_count.second; });
  if (examples.size() < 4 || most == needed.end() || 2 * most->second < examples.size()) {
    return std::nullopt;
  }
  return ConstantSeen{
      most->first, fmt::format("{} of {} examples have a result that is, or differs from what it "
                               "was by, this number, which is not among their inputs",
                               most->second, examples.size())};
}

std::optional<ConstantSeen> missing_constant(const Task& task) {
  std::set<Word> given = {0, 1, 2};
  for (const Word constant : task.constants()) {
    given.insert(constant);
  }
  for (ConstantSeen& constant : constants_in(task.examples())) {
    if (!given.contains(constant.number)) {
      return std::move(constant);
    }
  }
  return often_needed(task.examples(), given);
}

void add_runs(const Program& best, std::span<const Example> examples, const Poll& poll,
              Findings& findings) {
  const auto executor = make_polled(make_executor(Engine::interpreter, best), poll);
  const Runs by_word = run_all(*executor, examples, false);
  const auto is_perfect = [](const Runs& runs) { return runs.right && runs.stops && !runs.faults; };
  findings.faults_behind_end = by_word.right && by_word.faults && by_word.only_behind_end;
  findings.never_stops = by_word.right && !by_word.faults && !by_word.stops;
  if (!are_words(examples)) {
    const Runs by_cells = run_all(*executor, examples, true);
    findings.wrong_modulo_cells = is_perfect(by_word) && !is_perfect(by_cells);
    findings.wrong_modulo_word = !is_perfect(by_word) && is_perfect(by_cells);
  }
}

// Of the cells that programs begin by loading, were they parameters, all count and some change in
// most examples.
bool begin_with_data(std::span<const Example> examples) {
  constexpr std::size_t first_cells = 3;
  std::size_t long_enough = 0;
  std::size_t changing = 0;
  for (const Example& example : examples) {
    const auto counted =
        std::ranges::count_if(example.expected, [](const auto& cell) { return bool(cell); });
    if (counted <= static_cast<std::ptrdiff_t>(first_cells)) {
      continue;  // the data may end among them
    }
    bool changes = false;
    for (std::size_t cell = 0; cell < first_cells; ++cell) {
      const auto& wanted = example.expected[cell];
      if (!wanted) {
        return false;
      }
      changes = changes || *wanted != example.memory[cell];
    }
    ++long_enough;
    changing += changes ? 1 : 0;
  }
  return 2 * changing > long_enough;
}

}  // namespace

Findings findings_on(const Task& task, const std::optional<Program>& best,
                     const std::function<bool()>& is_over) {
  Findings findings;
  const std::span<const Example> examples = task.examples();
  if (examples.empty()) {
    return findings;
  }
  findings.examples = examples.size();
  std::set<std::size_t> lengths;
  for (const Example& example : examples) {
    lengths.insert(example.memory.size());
  }
  findings.lengths = lengths.size();
  findings.begins_with_data = begin_with_data(examples);
  const Poll poll = [&] {
    if (is_over && is_over()) {
      throw Cancelled{};
    }
  };
  try {
    poll();
    findings.constant = missing_constant(task);
    if (best) {
      add_runs(*best, examples, poll, findings);
    }
  } catch (const Cancelled&) {  // what has been found until now will do
  }
  return findings;
}

std::vector<std::string> advice_on(const Findings& findings) {
  std::vector<std::string> sentences;
  for (const Row& row : table) {
    if (row.applies(findings)) {
      sentences.push_back(row.sentence(findings));
    }
  }
  return sentences;
}

}  // namespace nram
