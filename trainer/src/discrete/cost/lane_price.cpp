// What a run costs.

#include "instruction_set/targets.hpp"

#include <array>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "discrete/cost/lane_price.cpp"
#include <hwy/foreach_target.h>
// For each instruction set:
#include "discrete/cost/lane_functions.hpp"
#include "discrete/cost/lane_vector.hpp"

HWY_BEFORE_NAMESPACE();
namespace nram::discrete::HWY_NAMESPACE {

double price(LaneState& state, const ExampleBatch& batch, const Bytes& stopped, const Bytes& taken,
             Outcome64& outcome) {
  const Prices& prices = state.prices;
  state.missed.resize(batch.results);
  const Vector one = splat(1);
  const Vector* const memory = vectors(state.memory.data());
  const Vector* const initial = vectors(batch.memory.data());
  const Vector* const counts = vectors(batch.counts.data());
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
    const Vector result_address = vector(batch.result_address[k]);
    const Vector exists = vector(batch.result_exists[k]);
    Vector value{};
    for (unsigned cell = batch.result_from[k]; cell < batch.result_to[k]; ++cell) {
      value |= mask(result_address == splat(cell)) & memory[cell];
    }
    const Vector miss = mask(value != vector(batch.result_value[k])) & exists;
    const Vector miss_weight = miss & vector(batch.result_weight[k]);
    vector(state.missed[k]) = miss;
    wrong += miss & one;
    weight += miss_weight;
    written += vector(state.value_written[k]) & miss_weight;
    right_once += vector(state.was_right[k]) & miss_weight;
  }
  const Bytes wrong_bytes = bytes_of(wrong);
  const Bytes weight_bytes = bytes_of(weight);
  const Bytes written_bytes = bytes_of(written);
  const Bytes right_once_bytes = bytes_of(right_once);
  const Bytes unclean_bytes = bytes_of(unclean);
  // Plain loops over arrays, which the compiler turns into vector code.
  std::array<float, byte_lanes> cost;
  const auto credit = static_cast<float>(prices.partial_credit);
  const auto value_written = static_cast<float>(prices.value_written);
  const auto was_right = static_cast<float>(prices.was_right);
  const auto unclean_price = static_cast<float>(prices.unclean);
  const auto not_stopped = static_cast<float>(prices.not_stopped);
  const auto while_wrong = static_cast<float>(prices.while_wrong);
  const auto late = static_cast<float>(prices.late);
  for (unsigned lane = 0; lane < byte_lanes; ++lane) {
    const float nearly = value_written * written_bytes[lane] + was_right * right_once_bytes[lane];
    const float faults = weight_bytes[lane] - credit * nearly;
    const float changed = unclean_bytes[lane];
    const float manners =
        unclean_price * changed / (changed + 1.0F) + (stopped[lane] == 0 ? not_stopped : 0.0F);
    cost[lane] = (faults * batch.result_share[lane] +
                  manners * (wrong_bytes[lane] == 0 ? 1.0F : while_wrong) + late * taken[lane]) *
                 batch.weight[lane];
  }
  outcome.wrong |= bits_of(mask(wrong != Vector{}));
  // Several sums, as each addition has to wait for the one before.
  constexpr unsigned sums = 16;
  std::array<float, sums> sum{};
  for (unsigned lane = 0; lane < byte_lanes; lane += sums) {
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

}  // namespace nram::discrete::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
