#include "drawn_example.hpp"
#include "modulus_option.hpp"
#include "number.hpp"
#include "output.hpp"
#include "output_file.hpp"
#include "task_option.hpp"
#include "unit_option.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/array_file.hpp>
#include <nram/model-io/example_file.hpp>
#include <nram/model-io/memory_io.hpp>
#include <nram/trainer/builtin_tasks.hpp>

namespace nram::cli {
namespace {

struct ExampleCommand {
  std::string task;
  std::string output;
  std::string check;
  std::size_t length = 10;
  std::size_t count = 1;
  std::size_t slack = 0;
  std::uint64_t seed = 1;
  ModulusOption modulus;
  bool json = false;
};

Example draw(const BuiltinTask& task, const ExampleCommand& line, std::size_t i) {
  return draw_example(task, {line.length, line.slack, line.seed, i}, line.modulus);
}

/// Arrays and texts by their names; examples under any other that examples may have.
FileKind kind_of_output(const std::string& output) {
  for (const FileKind kind : {FileKind::array, FileKind::memory_text}) {
    if (output.ends_with(extension_of(kind))) {
      return kind;
    }
  }
  return FileKind::examples;
}

ExitCode write_inputs(const BuiltinTask& task, const ExampleCommand& line) {
  const FileKind kind = kind_of_output(line.output);
  const bool array = kind == FileKind::array;
  const bool text = kind == FileKind::memory_text;
  require_output(line.output, kind, {});
  if (!array && !text) {
    std::vector<Example> examples;
    examples.reserve(line.count);
    for (std::size_t i = 0; i < line.count; ++i) {
      examples.push_back(draw(task, line, i));
    }
    write_examples(examples, line.output);
    return ExitCode::done;
  }
  std::vector<std::vector<Word>> memories;
  memories.reserve(line.count);
  for (std::size_t i = 0; i < line.count; ++i) {
    memories.push_back(draw(task, line, i).memory);
    if (array && memories.back().size() != memories.front().size()) {
      throw Error(ErrorKind::usage,
                  fmt::format("memories of {} differ in length and do not fit an array; write a "
                              "text (.txt) instead",
                              line.task));
    }
  }
  // Row by row into the one block that is written: a second copy of all would cost too much.
  std::vector<std::size_t> lengths(memories.size());
  std::transform(memories.begin(), memories.end(), lengths.begin(),
                 [](const std::vector<Word>& memory) { return memory.size(); });
  Memories block = text ? Memories::ragged(lengths)
                   : line.count == 1
                       ? Memories::vector(ElementType::u64, lengths.front())
                       : Memories::matrix(ElementType::u64, line.count, lengths.front());
  for (std::size_t r = 0; r < memories.size(); ++r) {
    const MemoryView row = block.row(r);
    for (std::size_t cell = 0; cell < memories[r].size(); ++cell) {
      row.store(cell, memories[r][cell]);
    }
    memories[r] = {};
  }
  write_memories(block, line.output);
  return ExitCode::done;
}

/// What --check has found.
struct Findings {
  std::uint64_t counted = 0;
  std::uint64_t wrong = 0;
  std::uint64_t changed = 0;  ///< cells that do not count and have changed
  std::string first_wrong;

  void look_at(const Example& example, MemoryView memory, std::size_t row) {
    for (std::size_t cell = 0; cell < memory.size(); ++cell) {
      const Word found = memory.load(cell);
      if (const auto& wanted = example.expected[cell]) {
        ++counted;
        wrong += found != *wanted ? 1 : 0;
        if (found != *wanted && first_wrong.empty()) {
          first_wrong =
              fmt::format("cell {} of memory {} holds {} instead of {}", cell, row, found, *wanted);
        }
      } else {
        changed += found != example.memory[cell] ? 1 : 0;
      }
    }
  }
};

ExitCode check_output(const BuiltinTask& task, const ExampleCommand& line) {
  Memories memories = read_memories(line.check);
  if (memories.size() != line.count) {
    throw Error(ErrorKind::data, fmt::format("{} holds {} memories, but {} were asked for",
                                             line.check, memories.size(), line.count));
  }
  Findings findings;
  for (std::size_t i = 0; i < line.count; ++i) {
    const Example example = draw(task, line, i);
    const MemoryView memory = memories.row(i);
    if (memory.size() != example.memory.size()) {
      throw Error(ErrorKind::data,
                  fmt::format("memory {} of {} has {} cells, but the example has {}; it was made "
                              "with other options",
                              i, line.check, memory.size(), example.memory.size()));
    }
    findings.look_at(example, memory, i);
  }
  if (line.json) {
    print_report({{"cells", findings.counted},
                  {"wrong_cells", findings.wrong},
                  {"changed_cells", findings.changed}});
  } else {
    print_text(fmt::format("{}: {} of {} result cells wrong; {} other cells changed\n", line.check,
                           findings.wrong, findings.counted, findings.changed));
  }
  if (findings.wrong > 0) {
    complain(findings.first_wrong);
  }
  return findings.wrong == 0 ? ExitCode::done : ExitCode::failed;
}

ExitCode example(const ExampleCommand& line) {
  const BuiltinTask& task = require_task(line.task);
  return line.check.empty() ? write_inputs(task, line) : check_output(task, line);
}

}  // namespace

void add_example(CLI::App& app, Verb& chosen) {
  auto* verb = app.add_subcommand("example",
                                  "Draw examples of a task: inputs to run on, files to learn from");
  auto line = std::make_shared<ExampleCommand>();
  verb->add_option("task", line->task, "A built-in task")->required()->type_name("TASK");
  auto* purpose = verb->add_option_group("Purpose", "one of");
  purpose
      ->add_option("-o,--output", line->output,
                   "Write the inputs as an array (.npy) or text (.txt), or whole examples (.jsonl, "
                   "- for stdout)")
      ->type_name("FILE");
  auto* check = purpose
                    ->add_option("--check", line->check,
                                 "Draw the same examples again and compare the cells that count "
                                 "with what a program has made of the inputs")
                    ->type_name("FILE");
  purpose->require_option(1);
  constexpr std::size_t max_count = 100'000'000;
  take_count(verb->add_option("--length", line->length, "Elements of an example (1000, 1M)"))
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, max_length));
  take_count(verb->add_option("--count", line->count, "How many examples"))
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, max_count));
  take_count(verb->add_option("--slack", line->slack, "Cells behind everything the task needs"))
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{0}, max_length));
  verb->add_option("--seed", line->seed, "Draws other examples")
      ->capture_default_str()
      ->type_name("N")
      ->check(check_number);
  line->modulus.add_to(*verb, "`word`, but with values below the number of cells");
  verb->add_flag("--json", line->json, "With --check: report as JSON")->needs(check);
  verb->footer(
      "Equal options give equal examples. With --check the exit code is 1 if a cell is wrong.\n\n"
      "Examples:\n"
      "  nram example copy --length 5 -o -\n"
      "  nram example copy --length 9999999 -o input.npy\n"
      "  nram run copy.json input.npy -o output.npy\n"
      "  nram example copy --length 9999999 --check output.npy");
  verb->callback([line, &chosen] { chosen = [line] { return example(*line); }; });
}

}  // namespace nram::cli
