#pragma once

// Which loops generated code can run on vectors: a choice among those that can run in bulk.

#include "../bulk/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace nram::jit {

/// A loop whose strides are known when it is compiled and whose accesses go up or down cell by
/// cell.
struct VectorPlan {
  const bulk::Plan* plan = nullptr;
  std::vector<std::int64_t> strides;  ///< by node; of varying nodes 0
  /// The cell that all turns store to, if it accumulates: it becomes op(itself, x).
  struct CellTotal {
    bulk::NodeIndex load;
    bulk::NodeIndex x;
    bulk::NodeIndex total;  ///< what is stored
  };
  std::optional<CellTotal> cell_total{};

  [[nodiscard]] bool is_varying(bulk::NodeIndex node) const {
    return plan->nodes[node].shape == bulk::Shape::varying;
  }
  /// Whether all turns store to one cell.
  [[nodiscard]] bool keeps_one_cell() const {
    return !plan->stores.empty() &&
           plan->nodes[plan->stores.front().address].shape == bulk::Shape::uniform;
  }
};

/// The plan for vectors; nothing if it has more than one store, accumulators that something looks
/// at within the loop (but for stores to one cell), custom modules, stores to computed addresses or
/// strides that only a run knows, or does not walk through the memory. Keeps a reference to the
/// plan.
std::optional<VectorPlan> vectorise(const bulk::Plan& plan);

/// By block, the loop from there on that is to be generated on vectors, if any: those of fewest
/// steps, and of these those that store, as far as compiling them takes not too long. Blocks for
/// which `excluded` is true begin none. Keeps references to the plans.
std::vector<std::optional<VectorPlan>> choose_vector_plans(const bulk::Plans& plans,
                                                           const std::vector<bool>& excluded);

}  // namespace nram::jit
