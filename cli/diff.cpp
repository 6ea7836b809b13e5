#include "diff.hpp"

#include "interrupt.hpp"
#include "modulus_option.hpp"
#include "number.hpp"
#include "program_input.hpp"
#include "progress.hpp"
#include "task_option.hpp"
#include "unit_option.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/example_file.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/evaluation.hpp>

namespace nram::cli {
namespace {

constexpr std::size_t max_inputs = 1'000'000'000;

struct DiffCommand {
  std::string a;
  std::string b;
  std::string task;
  std::string examples;
  ModulusOption modulus;
  std::uint64_t count = 100'000;
  std::uint64_t seed = 1;
  bool json = false;
};

/// What --modulus says; otherwise what the programs were learned for, 2^64 and the number of cells
/// where both are for both.
std::vector<ModulusRule> moduli_of(const DiffCommand& line, const Meaning& a, const Meaning& b) {
  if (!line.modulus.is_default()) {
    return {line.modulus.rule(a)};
  }
  const auto says = [](const Meaning& meaning, Arithmetic one) {
    return includes(meaning.arithmetic.value_or(Arithmetic::word), one);
  };
  std::vector<ModulusRule> moduli;
  for (const auto& [arithmetic, rule] : {std::pair(Arithmetic::word, ModulusRule::word()),
                                         std::pair(Arithmetic::cells, ModulusRule::cells())}) {
    if (says(a, arithmetic) && says(b, arithmetic)) {
      moduli.push_back(rule);
    }
  }
  if (moduli.empty()) {  // they agree in none: that is a difference of the metadata
    moduli.push_back(ModulusRule::of(a));
  }
  return moduli;
}

/// Inputs of a task: small ones first, of all patterns.
void draw_from(const BuiltinTask& task, InputSearch& search) {
  const std::uint64_t count = search.count;
  search.draw = [&task, count](std::uint64_t i, Random& random) -> std::optional<Example> {
    constexpr std::array patterns = {ValuePattern::random, ValuePattern::equal,
                                     ValuePattern::ascending, ValuePattern::descending,
                                     ValuePattern::largest};
    constexpr std::uint64_t sizes = 24;
    Draw draw;
    draw.n = task.min_n() + i * sizes / (count + 1);
    draw.slack = random.below(4);
    draw.values = patterns[i % patterns.size()];
    draw.trash = random.chance(0.5);
    if (random.chance(0.3)) {
      draw.modulus = Modulus::word64();
    }
    draw.small = random.chance(0.8);
    return task.draw(draw, random);
  };
}

/// Where the runs on the input found part.
std::optional<RunDifference> first_difference_of(const Program& a, const Program& b,
                                                 const DifferingInput& found) {
  std::vector<Word> memory_a = found.input.memory;
  std::vector<Word> memory_b = found.input.memory;
  const auto run = [&](const Program& program, std::vector<Word>& memory) {
    RunOptions options;
    options.modulus = found.modulus;
    options.registers = initial_registers(found.input, program.machine());
    options.step_limit =
        program.meaning().steps.value_or(BehaviourComparison::step_limit(memory.size()));
    return SteppedRun(program, MemoryView(std::span(memory)), options);
  };
  SteppedRun one = run(a, memory_a);
  SteppedRun other = run(b, memory_b);
  return first_difference({one, a.meaning().steps.has_value()},
                          {other, b.meaning().steps.has_value()});
}

ExitCode diff(const DiffCommand& line) {
  const Program a = read_program_or_model(line.a);
  const Program b = read_program_or_model(line.b);
  for (const auto& [file, program] : {std::pair(&line.a, &a), std::pair(&line.b, &b)}) {
    line.modulus.complain_if_untested(*file, program->meaning());
  }
  std::string inputs = "memories";
  InputSearch search;
  search.moduli = moduli_of(line, a.meaning(), b.meaning());
  search.count = line.count;
  search.seed = line.seed;
  ProgressLine progress;
  std::uint64_t runs = 0;
  search.poll = [&] {
    ++runs;
    stop_if_interrupted();
    if (progress.due()) {
      const std::string text = fmt::format("{} inputs run", runs);
      progress.show(std::vector<ProgressPart>{{text, text}});
    }
  };
  if (!line.task.empty()) {
    draw_from(require_task(line.task), search);
    inputs = fmt::format("inputs of {}", line.task);
  } else if (!line.examples.empty()) {
    ExampleFile file = read_example_file(line.examples);
    file.require_registers(std::min(a.machine().registers(), b.machine().registers()));
    if (file.examples.empty()) {
      throw Error(ErrorKind::data, fmt::format("{} has no examples", line.examples));
    }
    const bool words = !search.moduli.front().is_cells();
    draw_like(file.examples, words, search);
    inputs = fmt::format("inputs of {} and like those", line.examples);
  }
  const InputSearchResult found = find_differing_input(a, b, search);
  stop_if_interrupted();
  const DiffReport report{line.a,
                          line.b,
                          a,
                          b,
                          program_differences(a, b),
                          found,
                          inputs,
                          found.found ? first_difference_of(a, b, *found.found) : std::nullopt};
  if (line.json) {
    print_report(diff_json(report));
  } else {
    print_text(diff_text(report));
  }
  return found.found ? ExitCode::failed : ExitCode::done;
}

}  // namespace

void add_diff(CLI::App& app, Verb& chosen) {
  auto* verb = app.add_subcommand("diff", "Show how two programs differ, and on which input");
  auto line = std::make_shared<DiffCommand>();
  verb->add_option("a", line->a, "A program (.json) or a model (.safetensors)")
      ->required()
      ->type_name("FILE");
  verb->add_option("b", line->b, "The other one")->required()->type_name("FILE");
  auto* source = verb->add_option_group(
      "Inputs", "what both are run on; without either, memories of any kind");
  source->add_option("--task", line->task, "Inputs of a built-in task")->type_name("TASK");
  source
      ->add_option("--examples", line->examples,
                   "Inputs of a file of examples (.jsonl), and others made like those")
      ->type_name("FILE");
  source->require_option(0, 1);
  take_count(verb->add_option("--count", line->count, "At most so many inputs (20000, 1M)"))
      ->capture_default_str()
      ->check(CLI::Range(std::size_t{1}, max_inputs))
      ->type_name("C");
  verb->add_option("--seed", line->seed, "Draws other inputs")
      ->capture_default_str()
      ->check(check_number)
      ->type_name("N");
  line->modulus.add_to(*verb,
                       "what both programs were tested for; `word` and `cells` if that is both");
  verb->add_flag("--json", line->json, "Report as JSON");
  verb->footer(
      "Rules of the same state and condition are compared, whatever their circuits are called.\n"
      "Lines with `<` are about the first program, with `>` about the second, with `!` about "
      "both.\n"
      "Without --task and --examples, inputs are all small memories first, then random ones, "
      "which\n"
      "need not be such as the programs were made for.\n"
      "The exit code is 0 if no input was found on which they behave differently, 1 if one was,\n"
      "2 after wrong usage, 3 for a bad file.\n\n"
      "Examples:\n"
      "  nram diff copy.json shorter.json --task copy\n"
      "  nram diff mine.json other.json --examples mine.jsonl --count 1M\n"
      "  nram diff a.json b.safetensors --modulus word --json");
  verb->callback([line, &chosen] { chosen = [line] { return diff(*line); }; });
}

}  // namespace nram::cli
