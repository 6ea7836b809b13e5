// Examples become groups of lanes, and those that do not fit are refused.

#include "soft_support.hpp"

#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>
#include <nram/trainer/lane_batch.hpp>

namespace nram {
namespace {

using soft_test::lanes;

TEST_CASE("examples are packed into lanes") {
  const Machine machine = Machine::standard(2);
  std::vector<Example> examples(18, Example{{1, 2, 0}, {std::nullopt, 2, 1}, {}, 7});
  examples.push_back({{1, 0}, {0, 1}, {1, 0}, std::nullopt});
  PackSettings settings;
  settings.steps = 5;
  settings.extra_steps = 1;
  settings.preserve_weight = 0.25F;
  const std::vector<LaneGroup> groups = pack_lanes(machine, examples, settings);
  REQUIRE(groups.size() == 3);
  CHECK(groups[0].steps == 8);
  CHECK(groups[1].modulus == 3);
  CHECK(groups[2].modulus == 2);
  CHECK(groups[2].steps == 6);
  CHECK(groups[1].scale[1] == 1.0F / 19);
  CHECK(groups[1].scale[2] == 0.0F);
  CHECK(groups[0].weight[0 * lanes + 15] == 0.25F);
  CHECK(groups[0].expected[0 * lanes + 15] == 1);
  CHECK(groups[0].is_result[0 * lanes + 15] == 0);
  CHECK(groups[0].weight[2 * lanes + 15] == 1.0F);
  CHECK(groups[0].expected[2 * lanes + 15] == 1);
  CHECK(groups[0].initial_memory[1 * lanes + 15] == 2);
  CHECK(groups[2].initial_registers[0] == 1);

  const auto refuses = [&](const Example& example) {
    CHECK_THROWS_AS(pack_lanes(machine, std::vector{example}, {}), Error);
  };
  refuses({{1, 3, 0}, {0, 0, 0}, {}, 5});
  refuses({{1, 2, 0}, {0, 3, 0}, {}, 5});
  refuses({{1, 2, 0}, {0, 0, 0}, {0, 3}, 5});
  refuses({{1, 2, 0}, {0, 0, 0}, {0, 0, 0}, 5});
  CHECK_NOTHROW(pack_lanes(machine, std::vector{Example{{1, 2, 0}, {0, 0, 0}, {1}, 5}}, {}));
  refuses({{1, 2, 0}, {0, 0}, {}, 5});
  refuses({{1, 2, 0}, {0, 0, 0}, {}, std::nullopt});
  refuses({{0}, {0}, {}, 5});
}

}  // namespace
}  // namespace nram
