#pragma once

#include "modulus_option.hpp"

#include <cstddef>
#include <cstdint>

#include <nram/model-io/example.hpp>
#include <nram/trainer/builtin_tasks.hpp>

namespace nram::cli {

/// Which example of a task.
struct DrawShape {
  std::size_t length = 10;
  std::size_t slack = 0;  ///< cells behind everything the task needs
  std::uint64_t seed = 1;
  std::uint64_t number = 0;  ///< of the examples of this seed
};

/// An example that depends on the arguments alone, so that it can be drawn again. Without a modulus
/// on the command line its values are below the number of cells, and it is right in any
/// arithmetic. Throws Interrupted; Error(usage) as BuiltinTask::draw and ModulusRule::modulus_for.
Example draw_example(const BuiltinTask& task, const DrawShape& shape, const ModulusOption& modulus);

}  // namespace nram::cli
