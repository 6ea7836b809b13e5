#include <algorithm>
#include <limits>
#include <vector>

#include <nram/engine/step.hpp>
#include <nram/model-io/live_executor.hpp>
#include <nram/trainer/evaluation.hpp>
#include <nram/trainer/fidelity.hpp>
#include <nram/trainer/soft_machine.hpp>

namespace nram {
namespace {

/// One run of the hard machine, step by step.
struct HardRun {
  struct Step {
    std::vector<Word> memory;
    RunResult result;
  };
  std::vector<Step> steps;    ///< after each step
  std::vector<Visit> visits;  ///< before each step
};

/// Runs the example again and again, each time one step further: executors report the end of a run
/// only, and budgets are short.
HardRun run_step_by_step(const Executor& executor, const Machine& machine, const Example& example,
                         std::uint64_t budget) {
  HardRun run;
  RunOptions options;
  options.modulus = Modulus::of(example.memory.size());
  options.registers = initial_registers(example, machine);
  std::vector<Word> registers = example.registers;
  registers.resize(machine.registers());
  run.visits.push_back({0, zero_mask(registers)});
  for (options.step_limit = 1; options.step_limit <= budget; ++options.step_limit) {
    HardRun::Step step{example.memory, {}};
    step.result = executor.run(MemoryView(std::span(step.memory)), options);
    run.steps.push_back(std::move(step));
    const RunResult& result = run.steps.back().result;
    if (result.outcome != Outcome::step_limit) {
      break;
    }
    run.visits.push_back({result.state, zero_mask(result.registers)});
  }
  if (run.visits.size() > run.steps.size()) {
    run.visits.pop_back();  // after the budget
  }
  return run;
}

bool equal(const std::vector<unsigned>& soft, const std::vector<Word>& hard) {
  return std::equal(soft.begin(), soft.end(), hard.begin(), hard.end(),
                    [](unsigned a, Word b) { return Word{a} == b; });
}

/// The first step, counted from 1, after which the soft machine's most probable values or its
/// decision to finish are not the hard machine's; 0 if there is none.
std::uint64_t first_difference(const std::vector<SoftStep>& soft, const HardRun& hard,
                               unsigned modulus) {
  for (std::size_t t = 0; t < std::min(soft.size(), hard.steps.size()); ++t) {
    const auto& [memory, result] = hard.steps[t];
    const bool finishes = result.outcome == Outcome::finished;
    constexpr float half = 0.5F;
    if (!equal(SoftStep::most_probable(soft[t].memory, modulus), memory) ||
        !equal(SoftStep::most_probable(soft[t].registers, modulus), result.registers) ||
        (soft[t].finish > half) != finishes) {
      return t + 1;
    }
  }
  return 0;
}

constexpr std::size_t most_cells = 128;

/// Whether the soft machine can be traced on this example in a reasonable amount of RAM.
bool fits_soft_machine(const Example& example) {
  constexpr std::uint64_t most_steps = 512;
  return example.memory.size() >= LaneGroup::min_modulus && example.memory.size() <= most_cells &&
         *example.steps <= most_steps;
}

/// At least `modulus`, and such that no constant of the machine wraps round.
Word least_for_constants(const Machine& machine, Word modulus, bool is_signed) {
  for (const Module& module : machine.modules()) {
    const Word constant = module.constant;
    modulus = std::max(modulus, is_signed ? 2 * constant + 1 : constant + 1);
  }
  return modulus;
}

}  // namespace

std::vector<MaskRun> runs_of(const Model& model, std::span<const Example> examples,
                             const BetweenExamples& between) {
  // What a run needs of RAM, too; and programs that matter stop long before.
  constexpr std::uint64_t most_steps = 1U << 16U;
  std::vector<MaskRun> runs;
  for (const Example& example : examples) {
    between();
    std::vector<Word> memory = example.memory;
    const bool words = model.meaning().usual_arithmetic() == Arithmetic::word;
    RunOptions options;
    options.modulus = words ? Modulus::word64() : Modulus::of(memory.size());
    options.registers = initial_registers(example, model.machine());
    options.step_limit = std::min(most_steps, step_limit_of({example, options.modulus}));
    runs.push_back(live_masks(model, MemoryView(std::span(memory)), options));
  }
  return runs;
}

ExportReport compare_soft_and_hard(const Model& model, const Exported& exported,
                                   std::span<const Example> examples,
                                   const BetweenExamples& between) {
  const Machine& machine = model.machine();
  const auto executor = make_executor(Engine::interpreter, exported.program);
  const SoftMachine soft(machine, model.controller());
  SoftWorkspace workspace;

  std::vector<Visit> visits;
  std::uint64_t result_cells = 0;
  std::uint64_t hard_right = 0;
  std::uint64_t hard_stopped = 0;
  std::uint64_t soft_cells = 0;
  std::uint64_t soft_right = 0;
  std::uint64_t divergence = std::numeric_limits<std::uint64_t>::max();
  for (Example example : examples) {
    between();
    // The soft machine has as many cells as values.
    Word least =
        example.has_negative ? modulus_for_signed(example) : largest_value(example) + 1;  // 0: 2^64
    if (least != 0 && model.meaning().arithmetic != Arithmetic::cells) {
      least = least_for_constants(machine, least, example.has_negative);
    }
    const bool words = least == 0 || least > most_cells;
    if (!words) {
      const Modulus modulus = Modulus::of(std::max<Word>(least, example.memory.size()));
      example = padded(modulo(std::move(example), modulus), least);
    }
    const TestCase test{example, words ? std::optional(Modulus::word64()) : std::nullopt};
    const Verdict verdict = judge(*executor, test, step_limit_of(test));
    result_cells += verdict.result_cells;
    hard_right += verdict.result_cells - verdict.wrong_cells;
    hard_stopped += verdict.stopped ? 1 : 0;
    // As long as the hard program needs: more than the training budget, if it came from elsewhere.
    if (verdict.stopped || !example.steps) {
      example.steps = std::max({example.steps.value_or(1), verdict.steps, std::uint64_t{1}});
    }
    if (words || !fits_soft_machine(example)) {
      continue;
    }
    const HardRun hard = run_step_by_step(*executor, machine, example, *example.steps);
    visits.insert(visits.end(), hard.visits.begin(), hard.visits.end());

    const std::vector<LaneGroup> lanes = pack_lanes(machine, std::span(&example, 1), {});
    const CostResult batch = soft.cost(model.parameters(), lanes, {}, workspace);
    soft_cells += batch.groups[0].result_cells[0];
    soft_right += batch.groups[0].right_cells[0];
    const auto trace = soft.trace(model.parameters(), lanes[0], 0, workspace);
    if (const std::uint64_t step = first_difference(trace, hard, lanes[0].modulus)) {
      divergence = std::min(divergence, step);
    }
  }

  ExportReport report = export_report(exported, visits);
  const auto share = [](std::uint64_t part, std::uint64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  if (result_cells > 0) {
    report.hard_accuracy = share(hard_right, result_cells);
    report.hard_stops = share(hard_stopped, examples.size());
  }
  if (soft_cells > 0) {
    report.soft_accuracy = share(soft_right, soft_cells);
  }
  if (divergence != std::numeric_limits<std::uint64_t>::max()) {
    report.first_divergence = divergence;
  }
  return report;
}

}  // namespace nram
