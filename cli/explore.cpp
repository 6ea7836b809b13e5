#include "cell_order.hpp"
#include "drawn_example.hpp"
#include "interrupt.hpp"
#include "modulus_option.hpp"
#include "number.hpp"
#include "output_file.hpp"
#include "program_input.hpp"
#include "runnable.hpp"
#include "task_option.hpp"
#include "unit_option.hpp"
#include "verbs.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/atomic_file.hpp>
#include <nram/model-io/explorer_page.hpp>
#include <nram/model-io/memory_io.hpp>
#include <nram/model-io/model_or_program.hpp>

namespace nram::cli {
namespace {

struct ExploreCommand {
  std::string program;
  std::string output;
  std::string input;
  std::size_t row = 0;
  std::string task;
  std::size_t length = 10;
  std::uint64_t seed = 1;
  ModulusOption modulus;
  std::uint64_t steps = 0;
  bool reinterpret = false;
};

/// What a page calls a file: its name without the folders, which say where somebody works.
std::string shown_name(const std::string& path) {
  return path == "-" ? "standard input" : std::filesystem::path(path).filename().string();
}

Program load_program(const std::string& path) {
  auto content = read_model_or_program(path);
  if (std::holds_alternative<Model>(content)) {
    throw Error(ErrorKind::usage,
                fmt::format("{} is a model, and a page follows programs only; export it first: "
                            "nram export {} -o PROGRAM.json",
                            path, path));
  }
  Program program = std::get<Program>(std::move(content));
  warn_of_reserve(path, program.metadata());
  return program;
}

/// The memory of the file that was asked for.
void read_input(const ExploreCommand& line, const Program& program, ExplorerInput& input) {
  Memories memories = read_memories(line.input);
  const std::string name = name_of_input(line.input);
  if (line.row >= memories.size()) {
    throw Error(ErrorKind::usage, fmt::format("{} has no --row {}: its last one is {}", name,
                                              line.row, memories.size() - 1));
  }
  if (memories.size() > 1) {
    input.input_name += fmt::format(", memory {}", line.row);
  }
  if (memories.cells(line.row) > max_explorer_cells) {  // before a copy of it
    throw Error(ErrorKind::data,
                fmt::format("{}: the memory has {} cells; a page holds at most {}. Try the program "
                            "on a shorter input",
                            name, memories.cells(line.row), max_explorer_cells));
  }
  const CellOrder order{line.program, name, program.machine().order(), may_compare(program),
                        line.reinterpret};
  const MemoryView chosen = memories.row(line.row);
  order.require({&chosen, 1}, memories.element_type());
  input.type = memories.cell_type();
  input.memory.reserve(memories.cells(line.row));
  for (std::size_t cell = 0; cell < memories.cells(line.row); ++cell) {
    input.memory.push_back(memories.value(line.row, cell));
  }
}

void draw_input(const ExploreCommand& line, ExplorerInput& input) {
  const DrawShape shape{line.length, 0, line.seed, 0};
  Example example = draw_example(require_task(line.task), shape, line.modulus);
  input.input_name = fmt::format("{} of length {}, seed {}", line.task, line.length, line.seed);
  input.memory = std::move(example.memory);
  input.expected = std::move(example.expected);
}

ExitCode explore(const ExploreCommand& line) {
  require_output(line.output, FileKind::page,
                 {{"the program", line.program}, {"the input", line.input}});
  const Program program = load_program(line.program);
  line.modulus.complain_if_untested(line.program, program.meaning());
  ExplorerInput input;
  input.program_name = shown_name(line.program);
  input.input_name = shown_name(line.input);
  input.modulus = line.modulus.rule(program.meaning());
  if (line.steps > 0) {
    input.step_limit = line.steps;
  }
  if (line.task.empty()) {
    read_input(line, program, input);
  } else {
    draw_input(line, input);
  }
  stop_if_interrupted();
  const std::string page = explorer_page(program, input);
  stop_if_interrupted();
  write_file(line.output, page);
  return ExitCode::done;
}

}  // namespace

void add_explore(CLI::App& app, Verb& chosen) {
  auto* verb = app.add_subcommand(
      "explore", "Write a page in which to watch a program run, step by step, in a browser");
  auto line = std::make_shared<ExploreCommand>();
  verb->add_option("program", line->program, "The program (.json)")->required()->type_name("FILE");
  verb->add_option("-o,--output", line->output, "The page to write (.html); - for stdout")
      ->required()
      ->type_name("FILE");
  auto* source = verb->add_option_group("Input", "where it comes from; one of");
  auto* file = source
                   ->add_option("--input", line->input,
                                "The memory: an array (.npy), or text with integers separated by "
                                "blanks; - reads stdin")
                   ->type_name("FILE");
  auto* task = source
                   ->add_option("--task", line->task,
                                "An example of a built-in task is drawn, and the "
                                "page says whether the result is right")
                   ->type_name("TASK");
  source->require_option(1);
  verb->add_option("--row", line->row,
                   "With --input: which memory of several, row or line of the file, from 0 on")
      ->capture_default_str()
      ->check(check_number)
      ->needs(file)
      ->type_name("N");
  take_count(verb->add_option("--length", line->length, "With --task: elements of the example"))
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, max_explorer_cells))
      ->needs(task);
  verb->add_option("--seed", line->seed, "With --task: draws another example")
      ->capture_default_str()
      ->type_name("N")
      ->check(check_number)
      ->needs(task);
  line->modulus.add_to(*verb,
                       "what the program was tested for, `word` if that is both or not said");
  take_count(verb->add_option("--steps", line->steps,
                              "At most this many steps (20000, 10M); without it, as `nram run`"))
      ->check(CLI::Range(std::uint64_t{1}, max_explorer_steps));
  verb->add_flag("--reinterpret", line->reinterpret,
                 "With --input: take the bits of negative cells as unsigned numbers, for a program "
                 "that compares those (and of large ones as signed numbers)")
      ->needs(file);
  verb->footer(
      "The page is one file, needs no network and works from disk. It computes the run itself, so\n"
      "cells, the number of cells and the modulus can be changed in it.\n\n"
      "Examples:\n"
      "  nram explore list-search.json --task list-search --length 8 -o page.html\n"
      "  echo 5 7 8 9 0 0 0 0 0 | nram explore copy.json --input - -o copy.html");
  verb->callback([line, &chosen] { chosen = [line] { return explore(*line); }; });
}

}  // namespace nram::cli
