#include "instruction_set/instruction_set.hpp"

#include "instruction_set/targets.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hwy/highway.h>

#include <nram/engine/error.hpp>

namespace nram {
namespace {

// Our names say what a user knows from the processor's data sheet.
std::string_view target_name(std::int64_t target) {
  switch (target) {
    case HWY_AVX3_DL:
    case HWY_AVX3:
      return "avx512";
    case HWY_AVX2:
      return "avx2";
    case HWY_NEON:
      return "neon";
    case HWY_EMU128:
    case HWY_SCALAR:
      return "baseline";
    default:
      return hwy::TargetName(target);
  }
}

// The best first, which has the lowest bit. Of the computer, whatever is in use.
const std::vector<std::int64_t>& targets() {
  static const std::vector<std::int64_t> found = [] {
    hwy::SetSupportedTargetsForTest(0);
    return hwy::SupportedAndGeneratedTargets();
  }();
  return found;
}

}  // namespace

std::vector<std::string_view> instruction_sets() {
  std::vector<std::string_view> names;
  std::ranges::transform(targets(), std::back_inserter(names), target_name);
  return names;
}

void use_instruction_set(std::string_view name) {
  const auto found = std::ranges::find(targets(), name, target_name);
  if (found == targets().end()) {
    throw Error(ErrorKind::usage,
                fmt::format("no instruction set \"{}\" here: NRAM_INSTRUCTION_SET may be {}", name,
                            fmt::join(instruction_sets(), ", ")));
  }
  // And all that are worse, for code that is not compiled for this one; the best is chosen.
  hwy::SetSupportedTargetsForTest(
      std::accumulate(found, targets().end(), std::int64_t{0}, std::bit_or<>()));
}

void heed_environment() {
  static const bool done = [] {
    if (const char* name = std::getenv("NRAM_INSTRUCTION_SET")) {
      use_instruction_set(name);
    }
    return true;
  }();
  (void)done;
}

}  // namespace nram
