#pragma once

// Which loops generated code vectorises itself: a choice among those that can be vectorised.

#include "../loops/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace nram::jit {

/// A loop whose strides are known when it is compiled and whose accesses go up or down cell by
/// cell.
struct VectorPlan {
  const loops::Plan* plan = nullptr;
  std::vector<std::int64_t> strides;  ///< by node; of varying nodes 0
  /// The cell that all iterations store to, if it is a reduction: it becomes op(itself, x).
  struct CellTotal {
    loops::NodeIndex load;
    loops::NodeIndex x;
    loops::NodeIndex total;  ///< what is stored
  };
  std::optional<CellTotal> cell_total{};

  [[nodiscard]] bool is_varying(loops::NodeIndex node) const {
    return plan->nodes[node].evolution == loops::Evolution::varying;
  }
  /// Whether all iterations store to one cell.
  [[nodiscard]] bool stores_to_one_cell() const {
    return !plan->stores.empty() &&
           plan->nodes[plan->stores.front().address].evolution == loops::Evolution::invariant;
  }
};

/// The plan for generated code; nothing if the loop has more than one store, custom modules, stores
/// to computed addresses or strides that only a run knows, or does not walk through the memory.
/// Keeps a reference to the plan.
std::optional<VectorPlan> vectorise(const loops::Plan& plan);

/// By block, the loop from there on that is to be vectorised, if any: those of fewest steps, and of
/// these those that store, as far as compiling them takes not too long. Blocks for which `excluded`
/// is true begin none. Keeps references to the plans.
std::vector<std::optional<VectorPlan>> choose_vector_plans(const loops::Plans& plans,
                                                           const std::vector<bool>& excluded);

}  // namespace nram::jit
