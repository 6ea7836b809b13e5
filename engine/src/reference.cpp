// The reference interpreter: with run_step, the definition of what a program does. It is read, not
// timed: every other executor is tested against it, so it stays short and is never optimised.

#include "executors.hpp"

#include <nram/engine/step.hpp>

namespace nram::executors {
namespace {

class Reference final : public Executor {
 public:
  explicit Reference(Program program) : program_(std::move(program)) {}

  RunResult run(MemoryView memory, const RunOptions& options) const override {
    require_runnable(program_.machine(), memory, options);
    RunResult result;
    result.registers = options.registers;
    result.registers.resize(program_.machine().registers(), 0);

    while (true) {
      if (result.steps == options.step_limit) {
        result.outcome = Outcome::step_limit;
        return result;
      }
      const Transition& transition = program_.transition(result.state, zero_mask(result.registers));
      const Circuit& circuit = program_.circuits()[transition.circuit];
      result.fault =
          run_step(program_.machine(), circuit, memory, options.modulus, result.registers);
      if (result.fault) {
        result.outcome = Outcome::address_fault;
        return result;
      }
      ++result.steps;
      result.state = transition.next_state;
      if (transition.finish) {
        result.outcome = Outcome::finished;
        return result;
      }
      if (options.on_progress && result.steps % options.progress_interval == 0 &&
          !options.on_progress(result.steps)) {
        result.outcome = Outcome::cancelled;
        return result;
      }
    }
  }

  const Machine& machine() const override { return program_.machine(); }
  std::string_view name() const override { return "reference"; }

 private:
  Program program_;
};

}  // namespace

std::unique_ptr<Executor> make_reference(const Program& program) {
  return std::make_unique<Reference>(program);
}

}  // namespace nram::executors
