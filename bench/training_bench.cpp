// One training iteration of the soft machine (forward, backward, Adam) on one thread, beside what
// the core can do at most: the rate of multiply-adds whose operands never leave the registers.

#include "soft/optimizer.hpp"

#include <cstddef>
#include <vector>

#include <benchmark/benchmark.h>

#include <nram/trainer/soft_machine.hpp>

namespace nram {
namespace {

#if defined(__AVX512F__)
constexpr unsigned vector_bytes = 64;
#elif defined(__AVX__)
constexpr unsigned vector_bytes = 32;
#else
constexpr unsigned vector_bytes = 16;
#endif
typedef float Vector __attribute__((vector_size(vector_bytes)));

constexpr unsigned registers = 4;
constexpr unsigned hidden = 32;

struct Size {
  unsigned cells;
  unsigned steps;
  unsigned batch;
};

// Floating-point operations of one example-step, forward and backward, that the algorithm needs
// (a multiply-add is 2; additions of bookkeeping are left out):
//   controller: 2(RH + HS) forward, as much again each for the gradients of its input and weights;
//   mixing: 2M for each (selector, source with full support), 4 for each with values 0 and 1, and
//     the same again each for the gradients of weights and sources;
//   softmax: about 26 a candidate forward (the exponential takes 22), 4 backward;
//   READ 2M² and 4M² backward, WRITE 3M² and 6M², ADD and SUB 2M² and 4M² each.
double operations(const Machine& machine, unsigned cells) {
  const double m = cells;
  const SelectorLayout layout(machine);
  double full = 0;
  double binary = 0;
  const auto count = [&](const Selector& selector) {
    for (unsigned c = 0; c < selector.size; ++c) {
      if (machine.is_register(static_cast<Source>(c))) {
        ++full;
        continue;
      }
      switch (machine.modules()[c - machine.registers()].opcode) {
        case Opcode::lt:
        case Opcode::le:
        case Opcode::eq:
          ++binary;
          break;
        case Opcode::zero:
        case Opcode::one:
        case Opcode::two:
        case Opcode::constant:
        case Opcode::write:
          break;
        default:
          ++full;
      }
    }
  };
  for (const Selector& selector : layout.arguments) {
    count(selector);
  }
  for (const Selector& selector : layout.registers) {
    count(selector);
  }
  const double s = layout.outputs;
  return 6.0 * hidden * (machine.registers() + s) + 6.0 * m * full + 12.0 * binary + 30.0 * s +
         (6.0 + 9.0 + 12.0) * m * m;
}

std::vector<LaneGroup> random_batch(const Size& size, Random& random) {
  std::vector<Example> examples(size.batch);
  for (Example& example : examples) {
    for (unsigned i = 0; i < size.cells; ++i) {
      example.memory.push_back(random.below(size.cells));
      example.expected.emplace_back(random.below(size.cells));
    }
  }
  return pack_lanes(Machine::standard(registers), examples, {size.steps});
}

void training_iteration(benchmark::State& state) {
  const Size size{static_cast<unsigned>(state.range(0)), static_cast<unsigned>(state.range(1)),
                  static_cast<unsigned>(state.range(2))};
  Random random(1);
  const Machine machine = Machine::standard(registers);
  const SoftMachine soft(machine, {ControllerKind::feed_forward, {hidden}});
  const std::vector<LaneGroup> batch = random_batch(size, random);
  std::vector<float> parameters(soft.parameters());
  for (float& p : parameters) {
    p = static_cast<float>(0.2 * random.normal());
  }
  std::vector<float> gradient(parameters.size());
  SoftWorkspace workspace;
  Adam adam(parameters.size(), {1e-3});
  for (auto _ : state) {
    const CostResult result = soft.cost_and_gradient(parameters, batch, {}, workspace, gradient);
    benchmark::DoNotOptimize(result.cost);
    clip_elements(gradient, 0.5F);
    clip_norm(gradient, 5.0);
    adam.step(parameters, gradient);
  }
  using benchmark::Counter;
  const double example_steps = size.steps * size.batch;
  // The time of one example-step, shown as "1.5u" = 1.5 µs.
  state.counters["time/example-step"] =
      Counter(example_steps, Counter::kIsIterationInvariantRate | Counter::kInvert);
  state.counters["FLOP/s"] =
      Counter(operations(machine, size.cells) * example_steps, Counter::kIsIterationInvariantRate);
}
BENCHMARK(training_iteration)
    ->ArgNames({"cells", "steps", "batch"})
    ->Args({20, 12, 64})
    ->Args({8, 10, 64})
    ->Args({12, 30, 64})
    ->Args({32, 40, 64})
    ->Unit(benchmark::kMillisecond);

void multiply_add_peak(benchmark::State& state) {
  constexpr unsigned chains = 12;  // latency × throughput, and all fit the registers
  constexpr unsigned length = 1000;
  Vector sum[chains] = {};
  Vector x = {};
  Vector y = {};
  benchmark::DoNotOptimize(x);
  benchmark::DoNotOptimize(y);
  for (auto _ : state) {
    for (unsigned n = 0; n < length; ++n) {
#pragma GCC unroll 16
      for (unsigned c = 0; c < chains; ++c) {
        sum[c] = sum[c] * x + y;
      }
    }
    benchmark::ClobberMemory();
  }
  for (unsigned c = 0; c < chains; ++c) {
    benchmark::DoNotOptimize(sum[c]);
  }
  state.counters["FLOP/s"] =
      benchmark::Counter(2.0 * vector_bytes / sizeof(float) * chains * length,
                         benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(multiply_add_peak);

}  // namespace
}  // namespace nram
