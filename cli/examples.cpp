#include "interrupt.hpp"
#include "number.hpp"
#include "output.hpp"
#include "output_file.hpp"
#include "unit_option.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/order.hpp>
#include <nram/model-io/example.hpp>
#include <nram/model-io/example_file.hpp>
#include <nram/model-io/paired_examples.hpp>

namespace nram::cli {
namespace {

struct ExamplesCommand {
  std::vector<std::string> files;
  std::string output;
  std::string ignore;
  std::string ignore_value;
  std::optional<std::uint64_t> steps;
  bool json = false;
};

/// What was written.
struct Written {
  std::size_t examples = 0;
  std::size_t shortest = 0;  ///< cells
  std::size_t longest = 0;
  std::size_t counted = 0;  ///< cells that count
  Order order = Order::unsigned_numbers;
  Word smallest = 0;  ///< of all values, in this order
  Word largest = 0;   ///< likewise
};

Written measure(const std::vector<Example>& examples) {
  Written written{examples.size(), examples.front().memory.size()};
  written.order = order_of(examples);
  const auto place = [&](Word value) { return place_in(written.order, value); };
  written.smallest = written.largest = examples.front().memory.front();
  const auto note = [&](Word value) {
    written.smallest = std::ranges::min(written.smallest, value, {}, place);
    written.largest = std::ranges::max(written.largest, value, {}, place);
  };
  for (const Example& example : examples) {
    written.shortest = std::min(written.shortest, example.memory.size());
    written.longest = std::max(written.longest, example.memory.size());
    std::ranges::for_each(example.memory, note);
    for (const std::optional<Word>& value : example.expected) {
      if (value) {
        note(*value);
        ++written.counted;
      }
    }
  }
  return written;
}

std::vector<Example> read_pairs(const ExamplesCommand& line) {
  if (line.steps == std::uint64_t{0}) {
    throw Error(ErrorKind::usage, "--steps must be at least 1");
  }
  if (line.files.size() % 2 != 0) {
    throw Error(ErrorKind::usage,
                fmt::format("{} files are not pairs: give BEFORE AFTER, or several such pairs one "
                            "after the other",
                            line.files.size()));
  }
  IgnoredCells ignored;
  if (!line.ignore.empty()) {
    ignored.ranges = parse_cell_ranges(line.ignore);
  }
  if (!line.ignore_value.empty()) {
    ignored.value = parse_cell(line.ignore_value);
  }
  std::vector<Example> examples;
  for (std::size_t i = 0; i < line.files.size(); i += 2) {
    std::vector<Example> more = read_paired_examples(line.files[i], line.files[i + 1], ignored);
    std::move(more.begin(), more.end(), std::back_inserter(examples));
    stop_if_interrupted();
  }
  for (std::size_t i = 0; i < examples.size(); ++i) {
    examples[i].steps = line.steps;
    if (const std::size_t bytes = examples_text(std::span(&examples[i], 1)).size();
        bytes > max_example_line_bytes) {
      throw Error(ErrorKind::data,
                  fmt::format("example {} has {} cells, {} bytes as a line; at most {} are "
                              "accepted. Learn from shorter memories, and check the program on the "
                              "long ones",
                              i + 1, examples[i].memory.size(), bytes, max_example_line_bytes));
    }
  }
  return examples;
}

ExitCode examples(const ExamplesCommand& line) {
  require_one_on_stdout(line.output, line.json);
  for (const std::string& file : line.files) {
    require_distinct(line.output, {{"an input", file}});
  }
  require_output(line.output, FileKind::examples, {});
  const std::vector<Example> examples = read_pairs(line);
  write_examples(examples, line.output);
  const Written written = measure(examples);
  if (line.json) {
    print_report({{"examples", written.examples},
                  {"shortest", written.shortest},
                  {"longest", written.longest},
                  {"counted_cells", written.counted},
                  {"smallest", json_number(written.smallest, written.order)},
                  {"largest", json_number(written.largest, written.order)},
                  {"file", line.output}});
  } else if (!is_standard_output(line.output)) {
    const auto text = [&](Word value) {
      return number_text(value, Modulus::word64(), written.order);
    };
    print_text(
        fmt::format("{}: {} examples of {} to {} cells, {} of which count; values from {} to {}\n",
                    line.output, written.examples, written.shortest, written.longest,
                    written.counted, text(written.smallest), text(written.largest)));
  }
  return ExitCode::done;
}

}  // namespace

void add_examples(CLI::App& app, Verb& chosen) {
  auto* verb = app.add_subcommand(
      "examples", "Make a file of examples from arrays or tables: memories before and after");
  auto line = std::make_shared<ExamplesCommand>();
  verb->add_option("files", line->files,
                   "Memories before the run, and the same after it: arrays (.npy), tables (.csv, "
                   ".tsv) or text; or several such pairs")
      ->required()
      ->type_name("BEFORE AFTER");
  verb->add_option("-o,--output", line->output,
                   "The file of examples (.jsonl) to write; - for stdout")
      ->required()
      ->type_name("FILE");
  verb->add_option("--ignore", line->ignore,
                   "Cells that do not count, from 0 on, as 0,3-5,8- (8- is 8 and all behind it)")
      ->type_name("CELLS");
  verb->add_option("--ignore-value", line->ignore_value,
                   "Cells that hold this number after the run, which may be below 0, do not count, "
                   "either")
      ->type_name("V")
      ->check(check_cell);
  take_count(verb->add_option("--steps", line->steps, "The budget of steps of every example"));
  verb->add_flag("--json", line->json, "Report as JSON");
  verb->footer(
      "A row is an example, a one-dimensional array is one example. In a table, an empty field\n"
      "after the run is a cell that does not count.\n\n"
      "Examples:\n"
      "  nram examples before.npy after.npy -o mine.jsonl\n"
      "  nram examples before.csv after.csv --ignore 0 -o mine.jsonl\n"
      "  nram train --examples mine.jsonl -o mine.safetensors");
  verb->callback([line, &chosen] { chosen = [line] { return examples(*line); }; });
}

}  // namespace nram::cli
