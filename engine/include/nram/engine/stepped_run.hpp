#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <nram/engine/program.hpp>
#include <nram/engine/step.hpp>

namespace nram {

/// What a controller chooses for a step.
struct Choice {
  Circuit circuit;
  std::uint32_t number = 0;             ///< of the circuit, where circuits have numbers
  std::optional<std::uint32_t> rule{};  ///< the rule of a program that applies
  std::uint32_t next_state = 0;
  bool finish = false;
};

/// A module's access to the memory.
struct MemoryAccess {
  Word address = 0;
  Word value = 0;   ///< what was read, or written
  Word before = 0;  ///< what the cell held before the step

  /// Whether it left another value than there was.
  [[nodiscard]] bool changes() const { return value != before; }

  friend bool operator==(const MemoryAccess&, const MemoryAccess&) = default;
};

/// A step of a run, as it was followed.
struct FollowedStep {
  std::uint64_t number = 0;  ///< from 1 on
  std::uint32_t state = 0;   ///< of the controller, before the step
  Choice choice{};
  StepRecord record{};
  std::optional<AddressFault> fault{};  ///< then nothing has changed

  /// What READs that matter have read, in the order of the modules. O(modules).
  [[nodiscard]] std::vector<MemoryAccess> reads(const Machine& machine) const;
  /// What WRITE has written; nothing if the machine has none or the step faulted. O(modules).
  [[nodiscard]] std::optional<MemoryAccess> write(const Machine& machine) const;
};

/// One run, step by step: what the reference does, seen from inside. Keeps nothing of the steps
/// before the last one, however many there are.
///
/// ```cpp
/// SteppedRun run(program, memory, options);
/// while (run.advance()) {
///   look_at(run.step());
/// }
/// ```
class SteppedRun {
 public:
  /// Says what happens in a step in this state, under this zero-mask; called once a step.
  using Controller = std::function<Choice(std::uint32_t state, std::uint32_t mask)>;

  /// Runs the program on this memory, which it changes; options are as for Executor::run, which is
  /// what checks them, too (Error(data | usage)). on_progress is called as there. Memory and
  /// program have to stay.
  SteppedRun(const Program& program, MemoryView memory, RunOptions options);
  /// The same with any controller.
  SteppedRun(Machine machine, Controller controller, MemoryView memory, RunOptions options);

  /// Runs one step more. False if there is none: the run has ended, as result() says. A step that
  /// faults is one to look at; it counts as none in the result. O(modules · registers + rules).
  bool advance();

  /// The last step. Precondition: advance() was true.
  [[nodiscard]] const FollowedStep& step() const { return step_; }
  /// How far the run has come; once advance() is false, what the reference returns.
  [[nodiscard]] const RunResult& result() const { return result_; }
  [[nodiscard]] const Machine& machine() const { return machine_; }
  [[nodiscard]] MemoryView memory() const { return memory_; }

 private:
  Machine machine_;
  Controller controller_;
  MemoryView memory_;
  RunOptions options_;
  FollowedStep step_{};
  RunResult result_{};
  bool ended_ = false;
};

}  // namespace nram
