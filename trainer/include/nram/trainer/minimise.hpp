#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include <nram/engine/machine.hpp>
#include <nram/engine/program.hpp>
#include <nram/model-io/model.hpp>
#include <nram/trainer/settings.hpp>
#include <nram/trainer/task.hpp>

namespace nram {

/// How much work a program is, on inputs of a task, and how much there is in it.
struct ProgramMeasure {
  double steps = 0.0;      ///< mean over the inputs
  std::size_t size = 0;    ///< modules that matter, registers that change, and rules
  std::size_t states = 0;  ///< of the controller
  unsigned registers = 0;
  bool clean = false;  ///< it changes no cell that is not a result, on any of the inputs
  bool right = false;  ///< on all of the inputs, on which it stops by itself, too

  /// Whether it is to be preferred to the other: a clean one to any that is not; then what takes
  /// fewer steps, then what is smaller. To be larger, it has to take a tenth fewer steps: a step
  /// saved for a special case is no gain. One that is right is better than any that is not.
  [[nodiscard]] bool is_better_than(const ProgramMeasure& other) const;
};

/// Measures a program on held-out examples of the task: 300 of mixed lengths, the same for every
/// program. O(steps of these).
ProgramMeasure measure(const Program& program, const Task& task);

struct MinimiseOptions {
  std::vector<Module> modules = Machine::standard(1).modules();  ///< as in TrainOptions
  unsigned threads = 0;                                          ///< 0 = as many as the machine has
  double time_budget = 0.0;                                      ///< seconds; 0 = unlimited
  /// As TrainOptions::work_budget, of all searches together; 0 = unlimited, which needs a time
  /// budget.
  std::uint64_t work_budget = 0;
  std::function<bool()> is_interrupted{};  ///< as in TrainOptions
  /// Called a few times a second, by one thread at a time, with how the program stands now.
  std::function<void(const ProgramMeasure&, double seconds)> on_progress{};
};

struct MinimiseResult {
  Program program;  ///< the best one: what was given, if nothing better was found
  ProgramMeasure before;
  ProgramMeasure after;
  unsigned improvements = 0;  ///< programs in between, and the last one
  double seconds = 0.0;
};

struct MinimisedModel : MinimiseResult {
  Model model;  ///< whose program it is
};

/// Looks for a program that does the same in fewer steps, is clean where the given one is not, or
/// has less in it. The one given has to be right on the task: it is the teacher.
///
///     const MinimiseResult shorter = minimise(program, task, settings, {.work_budget = 100});
///
/// It says how many steps each example takes. The discrete search then looks for a program that is
/// right in fewer, smallest spaces first, and what it finds is the next teacher. A program is taken
/// only if it passes the same test as the one before, does the same on inputs made like the
/// examples of a file, and is better by ProgramMeasure; cleanliness is never lost.
///
/// With a work budget and no other, the result depends on program, task and settings only. It
/// keeps what the first one says of its seed, settings and verdict; `minimised-from` says where it
/// began.
///
/// Throws Error(usage) if the program is not right on the task, if time was up before it was known
/// to be, or if there is no budget; what train() throws otherwise.
MinimiseResult minimise(const Program& program, const Task& task, const Settings& settings = {},
                        const MinimiseOptions& options = {.work_budget = 100});

/// Likewise for the program of a model, which must have one. The model that is returned is the one
/// given, or has the weights of the shorter program, which has room in one.
MinimisedModel minimise(const Model& model, const Task& task, const Settings& settings = {},
                        const MinimiseOptions& options = {.work_budget = 100});

}  // namespace nram
