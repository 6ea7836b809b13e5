#include "search_plan.hpp"

#include "attempts/attempts.hpp"

#include <array>

namespace nram {
namespace {

// The streams' first attempts take one plan after another, their second ones go on from there.
// Every fourth stream has gradients every other time; if there are others beside it, it keeps to
// one plan when it searches.
std::uint64_t plan_number(const Settings& settings, std::uint64_t number) {
  const std::uint64_t stream = number % settings.streams;
  const std::uint64_t turn = number / settings.streams;
  if (stream % 4 == 0) {
    return settings.streams > 1 ? 0 : 1 + turn / (settings.gradient ? 2 : 1);
  }
  const std::uint64_t with_gradients = (settings.streams + 3) / 4;
  return stream - stream / 4 + turn * (settings.streams - with_gradients);
}

}  // namespace

SearchPlan search_plan(const Settings& settings, std::uint64_t number) {
  // Clues help where a program has to compare. Harder examples and few states keep loops from being
  // unrolled, easier ones are quicker and lead to them step by step. What has been loaded before is
  // of use only as long as most steps leave it alone; some states more settle the ends.
  constexpr discrete::KeepRates careful{0.85, 0.4};
  const SearchPlan loaded{6,   8,   Levels::harder, 0.0, 0.6, settings.loaded_cells, careful, 2,
                          0.5, true};
  constexpr SearchPlan comparing{4, 12, Levels::easier, 0.5, 1.0};
  constexpr SearchPlan looping{4, 8, Levels::harder, 0.0, 1.0, 0, {}, 0, 0.6};
  // Streams begin with the second to fourth. Few registers make for small programs.
  const std::array<SearchPlan, 9> plans = {loaded, looping, comparing, loaded, looping,
                                           loaded, loaded,  loaded,    loaded};
  SearchPlan plan = plans[plan_number(settings, number) % plans.size()];
  plan.registers = settings.registers != 0 ? settings.registers : plan.registers;
  if (settings.states != 0) {
    plan.states = settings.states;
    plan.spare_states = 0;
  }
  return plan;
}

SearchPlan mending_plan(const Settings& settings, std::uint64_t number) {
  return {registers_of(settings, number), 1, Levels::easier, 0.0, 1.0};
}

}  // namespace nram
