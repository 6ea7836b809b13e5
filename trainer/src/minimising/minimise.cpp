#include "evaluation/hard_program.hpp"
#include "evaluation/polled_executor.hpp"
#include "evidence/comparison.hpp"
#include "evidence/reliance.hpp"
#include "minimising/deadline.hpp"
#include "minimising/quicker_task.hpp"
#include "programs/used_constants.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/simplify.hpp>
#include <nram/model-io/compile.hpp>
#include <nram/trainer/evaluation.hpp>
#include <nram/trainer/failure.hpp>
#include <nram/trainer/minimise.hpp>
#include <nram/trainer/train.hpp>

namespace nram {
namespace {

// What is looked for in one search.
struct Goal {
  StepLimit limit;
  bool clean = false;  ///< where the teacher is not
};

// A program that is clean may take a few steps more. What is quicker is so by a tenth; the rest is
// for polishing.
constexpr Goal polished{{1.0, 0}};
constexpr Goal cleaner{{1.1, 2}, true};
constexpr Goal quicker{{0.9, 1}};

// How it is looked for.
enum class Way : std::uint8_t {
  from_program,  ///< annealing begins every round from the program, with registers to spare
  anew,          ///< annealing from nothing
  by_gradient    ///< automata whose loops take one step; only they come to many of these
};

// Where it is looked for. Short loops have few states and registers; what a loop reads again and
// again takes a register more. `share` is of what is left of the budget.
struct Space {
  Way way = Way::anew;
  unsigned states = 0;     ///< 0: as training has it
  unsigned registers = 0;  ///< likewise; Way::from_program: more than the program has
  double share = 1.0;
};
constexpr Space as_in_training{};
constexpr std::array spaces = {Space{Way::from_program, 0, 1, 0.25},
                               Space{Way::anew, 2, 3, 0.3},
                               Space{Way::by_gradient, 0, 0, 0.25},
                               Space{Way::anew, 2, 4, 0.35},
                               Space{Way::from_program, 0, 2, 0.35},
                               Space{Way::anew, 3, 4, 0.6},
                               as_in_training};

// As measure(), which has no time limit.
ProgramMeasure measure_on(const Program& program, const Task& task, const Poll& poll) {
  constexpr std::size_t count = 300;
  constexpr std::size_t long_ones = 3;
  Random random(0);  // the same for all
  const std::vector<TestCase> cases = task.draw_held_out(count, long_ones, random);
  const Evaluation evaluation =
      evaluate(*make_polled(make_executor(Engine::interpreter, program), poll), cases);
  ProgramMeasure measured;
  measured.steps = static_cast<double>(evaluation.steps) / static_cast<double>(evaluation.cases);
  measured.size = size_of(program);
  measured.states = program.states();
  measured.registers = program.machine().registers();
  measured.clean = evaluation.clean_cases == evaluation.cases;
  measured.right = evaluation.perfect();
  return measured;
}

class Minimiser {
 public:
  // `largest_rules`: how many rules a program may have to be taken.
  Minimiser(Program program, const Task& task, const Settings& settings,
            const MinimiseOptions& options, const Deadline& deadline, std::size_t largest_rules)
      : task_(task),
        settings_(settings),
        options_(options),
        deadline_(deadline),
        largest_rules_(largest_rules),
        program_(std::move(program)) {
    before_ = now_ = measure_on(program_, task, poll_);
    if (!now_.right) {
      throw Error(
          ErrorKind::usage,
          fmt::format("the program is not right on all examples of {}, or does not stop, so "
                      "that there is nothing to go by; {}",
                      task.name(),
                      smallest_failure(program_, task, settings.portfolio.seed, [this] {
                        return deadline_.is_over();
                      }).value_or("this shows on long examples only")));
    }
    if (options.work_budget == 0 && options.time_budget <= 0) {
      throw Error(ErrorKind::usage, "minimising needs a budget of work or of time");
    }
  }

  // What has been found until time is up.
  MinimiseResult run() {
    try {
      look();
    } catch (const Cancelled&) {  // of a program that was being tested no more is known
    }
    return {std::move(program_), before_, now_, improvements_, deadline_.seconds()};
  }

 private:
  void look() {
    if (consider(program_, false)) {
      adopt();
    }
    polish();
    if (!now_.clean && is_budget_left()) {
      (void)search(cleaner, {.share = 0.3});
    }
    // Smaller spaces first, and from the first one on again with each new teacher.
    for (std::size_t i = 0; i < spaces.size() && is_budget_left();) {
      i = search(quicker, spaces[i]) ? 0 : i + 1;
    }
  }

  [[nodiscard]] bool is_budget_left() const {
    return deadline_.is_time_left() && (options_.work_budget == 0 || used_ < options_.work_budget);
  }

  // One arm, and only one success each.
  [[nodiscard]] Settings settings_for(const Goal& goal, const Space& space) const {
    Settings settings = settings_;
    settings.portfolio.gradient = space.way == Way::by_gradient;
    settings.portfolio.annealing = space.way != Way::by_gradient;
    settings.portfolio.look_further = 0.0;
    settings.cost.preserve = settings.cost.preserve || now_.clean || goal.clean;
    switch (space.way) {
      case Way::from_program:
        settings.portfolio.slots = 1;
        settings.annealing.states = 0;
        settings.machine.registers = program_.machine().registers() + space.registers;
        break;
      case Way::anew:
        if (space.states != 0) {
          settings.annealing.states = space.states;
          settings.machine.registers = std::max(space.registers, task_.initial_registers());
          settings.machine.prologue_cells = 0;
        }
        break;
      case Way::by_gradient:
        settings.automaton.rounds = 1;
        break;
    }
    // Another seed for each search, and none that training began with.
    constexpr std::uint64_t apart = 1000003;
    constexpr std::uint64_t largest_seed = std::uint64_t{1} << 53U;
    settings.portfolio.seed = (settings.portfolio.seed * apart + searches_ + 1) % largest_seed;
    return settings;
  }

  [[nodiscard]] TrainOptions options_for(double share) const {
    TrainOptions options;
    options.modules = options_.modules;
    options.threads = options_.threads;
    options.is_interrupted = options_.is_interrupted;
    if (options_.work_budget > 0) {
      const auto left = static_cast<double>(options_.work_budget - used_);
      options.work_budget = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(left * share));
    }
    if (options_.time_budget > 0) {
      constexpr double least = 0.01;
      options.time_budget = std::max(least, (options_.time_budget - deadline_.seconds()) * share);
    }
    if (options_.on_progress) {
      options.on_progress = [this](const TrainProgress&) {
        options_.on_progress(now_, deadline_.seconds());
        return true;
      };
    }
    return options;
  }

  [[nodiscard]] TrainOptions options_from_program(double share) const {
    TrainOptions options = options_for(share);
    options.warm_start = WarmStart{program_, std::nullopt, "the program"};
    return options;
  }

  [[nodiscard]] QuickerTask task_for(const Goal& goal) const {
    return {task_, std::shared_ptr<const Executor>(make_executor(Engine::interpreter, program_)),
            goal.limit};
  }

  // Neutral drift: an attempt that begins with what is right already does nothing but polish it.
  void polish() {
    Settings settings = settings_for(polished, {.way = Way::from_program});
    settings.portfolio.attempts = 1;
    (void)search_with(polished, settings, options_from_program(1.0));
  }

  // Whether it has led to something better.
  bool search(const Goal& goal, Space space) {
    if (space.way == Way::by_gradient && !task_for(goal).differentiable()) {
      return false;
    }
    if (space.way != Way::from_program) {
      return search_with(goal, settings_for(goal, space), options_for(space.share)).value_or(false);
    }
    std::optional<bool> found;
    for (unsigned more = space.registers + 1; !found && more > 0; --more) {
      space.registers = more - 1;
      found = search_with(goal, settings_for(goal, space), options_from_program(space.share));
    }
    return found.value_or(false);
  }

  // Nothing if it was to begin from the program and has no room for it.
  std::optional<bool> search_with(const Goal& goal, const Settings& settings,
                                  const TrainOptions& options) {
    ++searches_;
    std::optional<TrainResult> found;
    try {
      found = train(task_for(goal), settings, options);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::usage || !options.warm_start) {
        throw;
      }
      return std::nullopt;
    }
    return take(*found, goal);
  }

  // Takes what was found, if it is better.
  bool take(const TrainResult& found, const Goal& goal) {
    used_ += found.report.clock;
    if (!found.report.is_solved() || !found.program || !consider(*found.program, goal.clean)) {
      return false;
    }
    adopt();
    return true;
  }

  // Whether the program, simplified, is better, and right; it is candidate_ then.
  bool consider(const Program& program, bool is_for_cleanliness) {
    const bool starts_empty = task_.initial_registers() == 0;
    candidate_ = without_unused_constants(
        simplify(program, starts_empty ? DeadRegisters::drop : DeadRegisters::keep, poll_));
    measured_ = measure_on(*candidate_, task_, poll_);
    const bool is_cleaner = is_for_cleanliness && measured_.right && measured_.clean && !now_.clean;
    return (is_cleaner || measured_.is_better_than(now_)) &&
           candidate_->rules().size() <= largest_rules_ && does_the_same(*candidate_);
  }

  // The program still says which seed and settings it was learned with, and its verdict.
  void adopt() {
    std::map<std::string, std::string> metadata = program_.metadata();
    metadata.insert_or_assign("minimised-from", origin());
    program_ = Program(candidate_->machine(), candidate_->circuits(), candidate_->rules(),
                       std::move(metadata));
    now_ = measured_;
    ++improvements_;
  }

  // The program that all began with, in short.
  [[nodiscard]] std::string origin() const {
    return fmt::format("{:.1f} steps, size {}, {} states", before_.steps, before_.size,
                       before_.states);
  }

  // On inputs made like the examples of a file. Tasks that draw examples have tested it on more.
  [[nodiscard]] bool does_the_same(const Program& program) const {
    const std::span<const Example> examples = task_.examples();
    if (examples.empty()) {
      return true;
    }
    const bool words = are_words(examples);
    const std::array programs = {program_, program};
    const Random random(settings_.portfolio.seed, std::numeric_limits<std::uint64_t>::max() - 1);
    return compare_programs(programs, examples, words, random, poll_).questions.empty() &&
           (is_bounded(program_, examples, words, random, poll_) ||
            !is_bounded(program, examples, words, random, poll_)) &&
           relies_on_no_more(program, examples, words, random);
  }

  // What is the same in all examples is so in inputs like them, so that these do not show it.
  [[nodiscard]] bool relies_on_no_more(const Program& program, std::span<const Example> examples,
                                       bool words, const Random& random) const {
    const std::vector<std::string> before = reliances_of(program_, examples, words, random, poll_);
    return std::ranges::all_of(
        reliances_of(program, examples, words, random, poll_),
        [&](const std::string& one) { return std::ranges::find(before, one) != before.end(); });
  }

  const Task& task_;
  const Settings& settings_;
  const MinimiseOptions& options_;
  const Deadline& deadline_;
  std::size_t largest_rules_;
  Poll poll_ = [this] { deadline_.poll(); };
  Program program_;
  ProgramMeasure before_;
  ProgramMeasure now_;
  std::optional<Program> candidate_;  // considered last
  ProgramMeasure measured_;           // of it
  std::uint64_t used_ = 0;
  std::uint64_t searches_ = 0;
  unsigned improvements_ = 0;
};

constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

Error too_little_time(const Task& task) {
  return {ErrorKind::usage,
          fmt::format("time was up before the program was tested on the examples of {}; it needs "
                      "more",
                      task.name())};
}

MinimiseResult minimised(Program program, const Task& task, const Settings& settings,
                         const MinimiseOptions& options, const Deadline& deadline,
                         std::size_t largest_rules) {
  try {
    return Minimiser(std::move(program), task, settings, options, deadline, largest_rules).run();
  } catch (const Cancelled&) {
    throw too_little_time(task);
  }
}

Program program_of(const Model& model, const Task& task, const Deadline& deadline) {
  std::optional<Program> program;
  try {
    program = hard_program(model, [&] { deadline.poll(); });
  } catch (const Cancelled&) {
    throw too_little_time(task);
  }
  if (!program) {
    throw Error(ErrorKind::usage, "the model has no program to make shorter");
  }
  return std::move(*program);
}

}  // namespace

bool ProgramMeasure::is_better_than(const ProgramMeasure& other) const {
  if (right != other.right) {
    return right;
  }
  if (clean != other.clean) {
    return clean;
  }
  constexpr double worth_growing = 0.9;
  return steps <= worth_growing * other.steps ||
         (steps <= other.steps &&
          std::tuple(size, states, registers, steps) <
              std::tuple(other.size, other.states, other.registers, other.steps));
}

ProgramMeasure measure(const Program& program, const Task& task) {
  return measure_on(program, task, {});
}

MinimiseResult minimise(const Program& program, const Task& task, const Settings& settings,
                        const MinimiseOptions& options) {
  const Deadline deadline(options.time_budget, options.is_interrupted);
  return minimised(program, task, settings, options, deadline, any_number);
}

MinimisedModel minimise(const Model& model, const Task& task, const Settings& settings,
                        const MinimiseOptions& options) {
  const Deadline deadline(options.time_budget, options.is_interrupted);
  MinimiseResult result = minimised(program_of(model, task, deadline), task, settings, options,
                                    deadline, Model::max_hidden);
  Model shorter = result.improvements == 0
                      ? model
                      : compile_to_weights(result.program, result.program.metadata());
  return {std::move(result), std::move(shorter)};
}

}  // namespace nram
