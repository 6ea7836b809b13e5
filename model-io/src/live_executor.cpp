#include "live_controller.hpp"

#include <utility>

#include <nram/engine/step.hpp>
#include <nram/model-io/live_executor.hpp>

namespace nram {
namespace {

// `see` is called with the mask of each step before it runs.
template <typename See>
RunResult run_live(const LiveController& controller, MemoryView memory, const RunOptions& options,
                   See see) {
  const Machine& machine = controller.machine();
  require_runnable(machine, memory, options);
  LstmState state = controller.start();
  RunResult result;
  result.registers = options.registers;
  result.registers.resize(machine.registers(), 0);

  while (result.steps != options.step_limit) {
    const std::uint32_t mask = zero_mask(result.registers);
    see(mask);
    const Decision decision = controller.step(mask, state);
    result.fault = run_step(machine, decision.circuit, memory, options.modulus, result.registers);
    if (result.fault) {
      result.outcome = Outcome::address_fault;
      return result;
    }
    ++result.steps;
    if (decision.finish) {
      result.outcome = Outcome::finished;
      return result;
    }
    if (options.on_progress && result.steps % options.progress_interval == 0 &&
        !options.on_progress(result.steps)) {
      result.outcome = Outcome::cancelled;
      return result;
    }
  }
  result.outcome = Outcome::step_limit;
  return result;
}

class LiveExecutor final : public Executor {
 public:
  explicit LiveExecutor(Model model) : model_(std::move(model)), controller_(model_) {}

  RunResult run(MemoryView memory, const RunOptions& options) const override {
    return run_live(controller_, memory, options, [](std::uint32_t) {});
  }

  const Machine& machine() const override { return model_.machine(); }
  std::string_view name() const override { return "live"; }

 private:
  Model model_;
  LiveController controller_;  // of model_
};

}  // namespace

std::unique_ptr<Executor> make_live_executor(Model model) {
  return std::make_unique<LiveExecutor>(std::move(model));
}

std::vector<std::uint32_t> live_masks(const Model& model, MemoryView memory,
                                      const RunOptions& options) {
  std::vector<std::uint32_t> masks;
  RunOptions quiet = options;
  quiet.on_progress = nullptr;
  static_cast<void>(run_live(LiveController(model), memory, quiet,
                             [&](std::uint32_t mask) { masks.push_back(mask); }));
  return masks;
}

SteppedRun::Controller live_controller(const Model& model,
                                       std::function<void(std::span<const float> logits)> see) {
  const LiveController controller(model);
  return [controller, see = std::move(see), state = controller.start()](
             std::uint32_t /*state*/, std::uint32_t mask) mutable {
    const std::vector<float> logits = controller.logits(mask, state);
    if (see) {
      see(logits);
    }
    Decision decision = decide(controller.layout(), logits);
    Choice choice{std::move(decision.circuit)};
    choice.finish = decision.finish;
    return choice;
  };
}

}  // namespace nram
