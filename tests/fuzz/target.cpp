#include "target.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include <nram/engine/error.hpp>

namespace nram::fuzz {
namespace {

// The reader may refuse, as documented; nothing else may leave it.
template <void (*run)(std::string_view)>
void run_or_refuse(std::string_view bytes) {
  try {
    run(bytes);
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::data, "refused, but not as bad data");
    require(std::string_view(error.what()).size() < 2000, "a message longer than a paragraph");
  }
}

constexpr std::array all = {
    Target{"array", "arrays (.npy)", run_or_refuse<run_array>},
    Target{"attempt", "attempts within checkpoints (CBOR)", run_or_refuse<run_attempt>},
    Target{"attempt-values", "values within attempts, below the parser",
           run_or_refuse<run_attempt_values>},
    Target{"checkpoint", "checkpoints of training", run_or_refuse<run_checkpoint>},
    Target{"csv", "tables (.csv)", run_or_refuse<run_csv>},
    Target{"examples", "example files (.jsonl)", run_or_refuse<run_examples>},
    Target{"memory-text", "memories as text (.txt)", run_or_refuse<run_memory_text>},
    Target{"model", "models (.safetensors)", run_or_refuse<run_model>},
    Target{"program", "programs (.json)", run_or_refuse<run_program>},
};

}  // namespace

std::span<const Target> targets() { return all; }

const Target& find_target(std::string_view name) {
  const auto found = std::ranges::find(all, name, &Target::name);
  if (found == all.end()) {
    throw std::invalid_argument("there is no target " + std::string(name));
  }
  return *found;
}

void require(bool holds, const char* what) {
  if (!holds) {
    throw std::logic_error(what);
  }
}

}  // namespace nram::fuzz
