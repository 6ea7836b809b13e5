#include "soft/engine.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <mutex>

#include <fmt/format.h>
#include <oneapi/tbb/task_arena.h>

#include <nram/engine/error.hpp>
#include <nram/engine/parallel.hpp>
#include <nram/trainer/soft_machine.hpp>

namespace nram {
namespace {

using soft::SoftEngine;
using soft::Tape;

std::size_t largest_value(std::span<const float> distribution) {
  return static_cast<std::size_t>(std::max_element(distribution.begin(), distribution.end()) -
                                  distribution.begin());
}

void require_fits(const SoftEngine<float>& engine, std::span<const float> parameters,
                  std::span<const LaneGroup> batch) {
  if (parameters.size() != engine.parameters()) {
    throw Error(ErrorKind::usage,
                fmt::format("the soft machine has {} parameters, but {} were given",
                            engine.parameters(), parameters.size()));
  }
  for (const LaneGroup& group : batch) {
    if (group.registers != engine.machine().registers()) {
      throw Error(ErrorKind::usage,
                  fmt::format("a lane group has {} registers, but the machine has {}",
                              group.registers, engine.machine().registers()));
    }
  }
}

}  // namespace

struct SoftWorkspace::Impl {
  // Hands out tapes: as many as threads work at the same time, and the same one again and again to
  // a single thread, so that it stays in the cache.
  class Tapes {
   public:
    std::unique_ptr<Tape<float>> take() {
      const std::lock_guard lock(mutex_);
      if (free_.empty()) {
        return std::make_unique<Tape<float>>();
      }
      auto tape = std::move(free_.back());
      free_.pop_back();
      return tape;
    }
    void give_back(std::unique_ptr<Tape<float>> tape) {
      const std::lock_guard lock(mutex_);
      free_.push_back(std::move(tape));
    }

   private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<Tape<float>>> free_;
  };

  bool parallel;
  std::function<void()> poll;
  Tapes tapes;
  std::vector<GroupResult> results;
  std::vector<float> gradients;  // of each group, one after the other
};

SoftWorkspace::SoftWorkspace(bool parallel, std::function<void()> poll)
    : impl_(std::make_unique<Impl>()) {
  impl_->parallel = parallel;
  impl_->poll = std::move(poll);
}
SoftWorkspace::~SoftWorkspace() = default;
SoftWorkspace::SoftWorkspace(SoftWorkspace&&) noexcept = default;
SoftWorkspace& SoftWorkspace::operator=(SoftWorkspace&&) noexcept = default;

struct SoftMachine::Impl {
  const soft::Functions<float>& functions;
  std::unique_ptr<const SoftEngine<float>> engine;

  // Calls body(begin, end) for ranges of [0, count).
  template <typename F>
  static void for_ranges(bool parallel, std::size_t count, std::size_t grain, const F& body) {
    if (parallel && count > grain) {
      tbb::this_task_arena::isolate([&] { parallel_ranges(count, grain, std::ref(body)); });
    } else {
      body(std::size_t{0}, count);
    }
  }

  CostResult run(std::span<const float> parameters, std::span<const LaneGroup> batch,
                 const CostSettings& settings, SoftWorkspace::Impl& workspace,
                 std::span<float> gradient) const {
    require_fits(*engine, parameters, batch);
    const std::size_t size = gradient.size();
    workspace.results.resize(batch.size());
    workspace.gradients.resize(batch.size() * size);
    for_ranges(workspace.parallel, batch.size(), 1, [&](std::size_t begin, std::size_t end) {
      auto tape = workspace.tapes.take();
      tape->poll = workspace.poll ? &workspace.poll : nullptr;
      for (std::size_t g = begin; g < end; ++g) {
        GroupResult& result = workspace.results[g];
        engine->forward(parameters.data(), batch[g], settings, *tape, result, false);
        if (!gradient.empty()) {
          engine->backward(batch[g], settings, *tape, workspace.gradients.data() + g * size);
        }
      }
      workspace.tapes.give_back(std::move(tape));
    });
    // Every component is summed over the groups in their order.
    std::fill(gradient.begin(), gradient.end(), 0.0F);
    for (std::size_t g = 0; g < batch.size(); ++g) {
      const bool finite =
          functions.add_gradient(workspace.gradients.data() + g * size, size, gradient.data());
      workspace.results[g].finite = workspace.results[g].finite && finite;
    }
    return summary(batch, workspace.results);
  }

  static CostResult summary(std::span<const LaneGroup> batch,
                            std::span<const GroupResult> results) {
    CostResult total;
    total.groups = results;
    unsigned used = 0;
    unsigned cells = 0;
    unsigned right = 0;
    for (std::size_t g = 0; g < results.size(); ++g) {
      const GroupResult& result = results[g];
      total.finite = total.finite && result.finite;
      for (unsigned l = 0; l < LaneGroup::lanes; ++l) {
        total.cost += result.cost[l];
        total.expected_steps += result.expected_steps[l];
        used += batch[g].scale[l] != 0.0F ? 1U : 0U;
        cells += result.result_cells[l];
        right += result.right_cells[l];
      }
    }
    total.accuracy = cells == 0 ? 1.0 : static_cast<double>(right) / cells;
    total.expected_steps /= std::max(used, 1U);
    return total;
  }
};

SoftMachine::SoftMachine(const Machine& machine, const ControllerShape& controller) {
  // Constructing a model checks the shape of its controller, in the one place that knows how. (An
  // LSTM without a size has no tensors to count.)
  std::size_t parameters = 0;
  if (controller.kind != ControllerKind::lstm || !controller.hidden.empty()) {
    for (const TensorShape& tensor : tensor_shapes(machine, controller)) {
      parameters += tensor.size();
    }
  }
  const Model valid(machine, controller, std::vector<float>(parameters));
  const soft::Functions<float>& functions = soft::functions<float>();
  impl_ =
      std::make_unique<const Impl>(Impl{functions, functions.engine(machine, valid.controller())});
}

SoftMachine::SoftMachine(const Machine& machine, unsigned states) {
  if (states == 0 || states > max_states) {
    throw Error(
        ErrorKind::usage,
        fmt::format("a differentiable automaton has 1 to {} states, not {}", max_states, states));
  }
  const soft::Functions<float>& functions = soft::functions<float>();
  impl_ =
      std::make_unique<const Impl>(Impl{functions, functions.automaton_engine(machine, states)});
}
SoftMachine::~SoftMachine() = default;
SoftMachine::SoftMachine(SoftMachine&&) noexcept = default;
SoftMachine& SoftMachine::operator=(SoftMachine&&) noexcept = default;

const Machine& SoftMachine::machine() const { return impl_->engine->machine(); }
std::size_t SoftMachine::parameters() const { return impl_->engine->parameters(); }

CostResult SoftMachine::cost(std::span<const float> parameters, std::span<const LaneGroup> batch,
                             const CostSettings& settings, SoftWorkspace& workspace) const {
  return impl_->run(parameters, batch, settings, workspace.impl(), {});
}

CostResult SoftMachine::cost_and_gradient(std::span<const float> parameters,
                                          std::span<const LaneGroup> batch,
                                          const CostSettings& settings, SoftWorkspace& workspace,
                                          std::span<float> gradient) const {
  if (gradient.size() != this->parameters()) {
    throw Error(
        ErrorKind::usage,
        fmt::format("the gradient has {} components, but the soft machine has {} parameters",
                    gradient.size(), this->parameters()));
  }
  return impl_->run(parameters, batch, settings, workspace.impl(), gradient);
}

std::vector<SoftStep> SoftMachine::trace(std::span<const float> parameters, const LaneGroup& group,
                                         unsigned lane, SoftWorkspace& workspace) const {
  const SoftEngine<float>& engine = *impl_->engine;
  require_fits(engine, parameters, {&group, 1});
  auto tape = workspace.impl().tapes.take();
  tape->poll = nullptr;
  GroupResult result;
  engine.forward(parameters.data(), group, CostSettings{}, *tape, result, true);

  const auto of_lane = [lane](const float* rows, std::size_t count) {
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = rows[i * LaneGroup::lanes + lane];
    }
    return values;
  };
  const SelectorLayout& layout = engine.layout();
  const std::size_t m = group.modulus;
  std::vector<SoftStep> steps(group.steps);
  for (unsigned t = 0; t < group.steps; ++t) {
    SoftStep& step = steps[t];
    step.memory = of_lane(engine.memory_after(t, *tape), m * m);
    step.registers = of_lane(tape->registers[t + 1], group.registers * m);
    step.selectors = of_lane(tape->probabilities[t], layout.finish);
    step.finish = tape->finish[t][lane];
    step.share = tape->share[t][lane];
    const auto choice = [&](const Selector& selector) {
      return static_cast<Source>(
          largest_value(std::span(step.selectors).subspan(selector.first, selector.size)));
    };
    std::ranges::transform(layout.arguments, std::back_inserter(step.circuit.arguments), choice);
    std::ranges::transform(layout.registers, std::back_inserter(step.circuit.registers), choice);
  }
  workspace.impl().tapes.give_back(std::move(tape));
  return steps;
}

std::vector<unsigned> SoftStep::most_probable(std::span<const float> distributions,
                                              unsigned modulus) {
  std::vector<unsigned> values;
  for (std::size_t i = 0; i + modulus <= distributions.size(); i += modulus) {
    values.push_back(static_cast<unsigned>(largest_value(distributions.subspan(i, modulus))));
  }
  return values;
}

}  // namespace nram
