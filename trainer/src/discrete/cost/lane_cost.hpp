// What a run costs.

// Once for each instruction set.
#if defined(NRAM_DISCRETE_LANE_COST_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef NRAM_DISCRETE_LANE_COST_HPP
#undef NRAM_DISCRETE_LANE_COST_HPP
#else
#define NRAM_DISCRETE_LANE_COST_HPP
#endif

#include "discrete/cost/lane_memory.hpp"
#include "discrete/cost/lane_state.hpp"
#include "discrete/cost/lane_vector.hpp"

#include <array>
#include <cstdint>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nram::discrete::HWY_NAMESPACE {
namespace {

// The cost of a run that has ended, by lane: where the example has stopped, and the steps it took.
// Adds to result.wrong the lanes with a wrong cell, and sets state.missed. Not inlined, so that
// the run keeps the processor's registers to itself.
template <typename Element>
[[gnu::noinline]] double cost_of_run(LaneState& state, const ExampleBatch& batch,
                                     const Lanes<Element>& stopped, const Lanes<Element>& taken,
                                     LaneResult& result) {
  using Vector = VectorOf<Element>;
  const auto& buffers = std::get<LaneBuffers<Element>>(state.buffers);
  const auto& examples = std::get<LaneExamples<Element>>(batch.lanes);
  const Penalties& penalties = state.penalties;
  state.missed.resize(batch.results);
  const Vector one = splat<Element>(1);
  const Vector* const memory = vectors(buffers.memory.data());
  const Vector* const initial = vectors(examples.memory.data());
  const Vector* const counts = vectors(examples.counts.data());
  Vector unclean{};
  for (unsigned cell = 0; cell < batch.cells; ++cell) {
    unclean += mask(memory[cell] != initial[cell]) & ~counts[cell] & one;
  }
  // Wrong result cells, and the weights of these and of what is nearly right about them, per lane.
  Vector wrong{};
  Vector weight{};
  Vector written{};
  Vector right_once{};
  for (unsigned k = 0; k < batch.results; ++k) {
    const Vector exists = vector(examples.result_exists[k]);
    const Vector value = load_between(memory, vector(examples.result_address[k]), exists,
                                      batch.result_from[k], batch.result_to[k]);
    const Vector miss = mask(value != vector(examples.result_value[k])) & exists;
    const Vector miss_weight = miss & vector(examples.result_weight[k]);
    state.missed[k] = bits_of(miss);
    wrong += miss & one;
    weight += miss_weight;
    written += vector(buffers.value_written[k]) & miss_weight;
    right_once += vector(buffers.was_right[k]) & miss_weight;
  }
  const Lanes<Element> wrong_lanes = lanes_of(wrong);
  const Lanes<Element> weight_lanes = lanes_of(weight);
  const Lanes<Element> written_lanes = lanes_of(written);
  const Lanes<Element> right_once_lanes = lanes_of(right_once);
  const Lanes<Element> unclean_lanes = lanes_of(unclean);
  // Plain loops over arrays, which the compiler turns into vector code.
  constexpr unsigned lanes = Lanes<Element>::count;
  std::array<float, lanes> cost;
  const auto credit = static_cast<float>(penalties.partial_credit);
  const auto value_written = static_cast<float>(penalties.value_written);
  const auto was_right = static_cast<float>(penalties.was_right);
  const auto unclean_penalty = static_cast<float>(penalties.unclean);
  const auto not_stopped = static_cast<float>(penalties.not_stopped);
  const auto while_wrong = static_cast<float>(penalties.while_wrong);
  const auto late = static_cast<float>(penalties.late);
  // All of these fit into 32 bits, from which there are instructions to floating point.
  const auto number = [](Element element) {
    return static_cast<float>(static_cast<std::int32_t>(element));
  };
  for (unsigned lane = 0; lane < lanes; ++lane) {
    const float nearly =
        value_written * number(written_lanes[lane]) + was_right * number(right_once_lanes[lane]);
    const float faults = number(weight_lanes[lane]) - credit * nearly;
    const float changed = number(unclean_lanes[lane]);
    const float manners =
        unclean_penalty * changed / (changed + 1.0F) + (stopped[lane] == 0 ? not_stopped : 0.0F);
    cost[lane] =
        (faults * batch.result_share[lane] +
         manners * (wrong_lanes[lane] == 0 ? 1.0F : while_wrong) + late * number(taken[lane])) *
        batch.weight[lane];
  }
  result.wrong |= bits_of(mask(wrong != Vector{}));
  // Several sums, as each addition has to wait for the one before.
  constexpr unsigned sums = 16;
  std::array<float, sums> sum{};
  for (unsigned lane = 0; lane < lanes; lane += sums) {
    for (unsigned i = 0; i < sums; ++i) {
      sum[i] += cost[lane + i];
    }
  }
  float total = 0.0F;
  for (const float part : sum) {
    total += part;
  }
  return static_cast<double>(total) / batch.count;
}

}  // namespace
}  // namespace nram::discrete::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
