#pragma once

// Runs vectorised loops: operation by operation on vectors that stay in the cache. What depends on
// invariants and induction variables only is checked once for a span of many iterations
// (checks.cpp): addresses exist, no value wraps round. A span is run tile by tile. A tile changes
// nothing before it is certain that it may: every zero test goes the loop's way, addresses that had
// to be computed exist, and no iteration reads what an earlier one of the tile writes. It is cut
// short before the first iteration of which one of these does not hold, and the sequential engine
// runs that iteration. So faults, exits, wrap-around and conflicts need no code here, and results
// are the sequential machine's.

#include "kernels.hpp"
#include "plan.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <nram/engine/machine.hpp>
#include <nram/engine/order.hpp>

namespace nram::loops {

/// Memories larger than this do not stay in any cache.
constexpr std::size_t cache_bytes = std::size_t{48} << 20U;

/// Which loops the runner is asked for: sometimes only those that store past the cache.
enum class Wanted : std::uint8_t { any, past_cache };

/// Executes loops of one program on one memory. Cell is std::uint32_t or std::uint64_t.
template <typename Cell>
class Runner {
 public:
  /// Keeps references to all but the modulus. Plans are of a Flow for this kind of run. Fewer
  /// iterations than are worth the effort run only if `any_length`.
  Runner(const Machine& machine, const Plans& plans, std::span<Cell> memory, Modulus modulus,
         bool any_length);

  /// Runs as many whole iterations of a loop from `block` on as can be vectorised within
  /// `most_steps` steps. Returns the number of steps (0: none); the program then stands before
  /// `block` again.
  std::uint64_t run(std::size_t block, Cell* registers, std::uint64_t most_steps,
                    Wanted wanted = Wanted::any);

  /// Loops of fewer iterations are not run in parallel by this many threads.
  static constexpr std::size_t least_parallel_iterations(std::size_t threads) {
    return threads * usual_tiles * most_iterations;
  }

 private:
  // Iterations in a tile: few enough that the processor still has the memory traffic of one
  // operation under way when it does the next.
  static constexpr std::size_t most_iterations = 8192 / sizeof(Cell);
  static constexpr std::size_t usual_tiles = 64;           // of a span on one thread
  static constexpr std::size_t front = 64 / sizeof(Cell);  // room before a vector

  // A node's values in the iterations of a tile.
  struct Value {
    Cell base = 0;                   ///< in the first iteration, unless varying
    Cell stride = 0;                 ///< unless varying: modulo M
    const Cell* elements = nullptr;  ///< by iteration; null: not needed so far
    Cell least = 0;                  ///< of varying addresses
    Cell largest = 0;                ///< of varying addresses
    bool is_view = false;            ///< the elements are cells of the memory
    bool front_used = false;         ///< the place before the vector is taken
  };

  // How a plan has fared in this run.
  struct History {
    unsigned failures = 0;
    std::uint64_t next_look = 0;
  };

  // Addresses of an access: first + iteration · stride, or within a range.
  struct Addresses {
    bool strided = true;
    std::int64_t first = 0;
    std::int64_t stride = 0;
    std::int64_t least = 0;
    std::int64_t largest = 0;
  };

  std::size_t span(const Plan& plan, Cell* registers, std::size_t iterations, bool& ended);
  bool begin_span(const Plan& plan, const Cell* registers, std::size_t& iterations);
  std::size_t run_tiles(const Plan& plan, Cell* registers, std::size_t iterations);
  std::size_t tile(const Plan& plan, Cell* registers, std::size_t iterations);
  bool set_bases(const Plan& plan, const Cell* registers);
  bool set_strides(const Plan& plan, std::size_t& iterations);
  bool compute_elements(const Plan& plan, const Cell* registers, std::size_t& iterations,
                        const std::vector<bool>* wanted);
  void compute(const Plan& plan, std::size_t index, const Cell* registers, std::size_t iterations);
  void compute_to(const Plan& plan, std::size_t index, std::size_t iterations, Cell* to);
  void load(const Plan& plan, std::size_t index, std::size_t iterations, Cell* to);
  [[nodiscard]] bool may_compute_to(const Plan& plan, std::size_t index, std::size_t iterations,
                                    const Cell* to);
  void shift(const Plan& plan, std::size_t index, Cell current, std::size_t iterations);
  bool check_dependences(const Plan& plan, std::size_t& span);
  std::size_t without_conflicts(const Plan& plan, std::size_t iterations) const;
  void next_tile(const Plan& plan, std::size_t iterations);

  // Reductions (reductions.cpp).
  void prefix_scan(const Plan& plan, std::size_t index, Cell current, std::size_t iterations);
  [[nodiscard]] Cell combine(Op op, Cell a, Cell b) const;
  [[nodiscard]] Cell neutral(Op op) const;
  [[nodiscard]] Reduction<Cell> reduction_kernel(Op op) const;
  Cell contribution(const Plan& plan, NodeIndex reduction, std::size_t iterations);

  // A span in parallel (parallel_span.cpp, inspector.cpp).
  struct Part;
  struct ReductionValues;
  std::size_t parallel_span(const Plan& plan, Cell* registers, std::size_t iterations, bool& ended);
  std::optional<std::size_t> iterations_to_defer(const Plan& plan, std::size_t iterations) const;
  std::vector<Part> split(const Plan& plan, const Cell* registers, std::size_t iterations) const;
  std::size_t inspect_all(const Plan& plan, const Cell* registers, std::vector<Part>& parts) const;
  std::size_t start_level(const Plan& plan, const Cell* registers, std::vector<Part>& parts,
                          std::size_t running, unsigned level) const;
  static void inspect(const Plan& plan, Part& part, const std::vector<bool>& wanted,
                      unsigned level);
  static ReductionValues reduction_values(const Plan& plan, const Part& part);
  std::optional<Cell> value_at(const Plan& plan, NodeIndex index, std::size_t iteration,
                               const Cell* registers, const ReductionValues& known,
                               unsigned depth) const;
  bool advance_unseen(const Plan& plan, Cell* registers, const Part& last) const;
  [[nodiscard]] bool last_iteration_is_all(const Plan& plan) const;
  void execute(const Plan& plan, Part& part, std::size_t defer);
  void use_workspace(const Plan& plan);
  void advance(const Plan& plan, Cell* registers, std::size_t iterations);
  void store(const Plan& plan, const Store& store, std::size_t iterations);
  void store_in_order(const Plan& plan, std::size_t iterations);

  [[nodiscard]] Cell scalar(const Node& node, Cell a, Cell b) const;
  [[nodiscard]] Cell add(Cell a, Cell b) const { return static_cast<Cell>(modulus_.add(a, b)); }
  [[nodiscard]] Cell sub(Cell a, Cell b) const { return static_cast<Cell>(modulus_.sub(a, b)); }
  /// Whether a is below b if both are signed numbers.
  [[nodiscard]] bool is_below(Cell a, Cell b) const {
    return signed_place(a, modulus_) < signed_place(b, modulus_);
  }
  [[nodiscard]] bool falls(Cell stride) const { return stride > half_; }
  /// The stride as a number that natural arithmetic can add.
  [[nodiscard]] Cell natural(Cell stride) const {
    return falls(stride) ? static_cast<Cell>(stride - static_cast<Cell>(modulus_.value())) : stride;
  }
  [[nodiscard]] Cell at(const Node& node, const Value& value, std::size_t iteration) const;
  Cell* own(std::size_t index) { return buffers_ + index * (front + most_iterations) + front; }
  const Cell* elements(const Plan& plan, NodeIndex index, std::size_t iterations);
  Addresses addresses(const Plan& plan, NodeIndex index) const;
  static void spread(Addresses& of, std::size_t iterations);
  static bool disjoint(Addresses a, Addresses b, std::size_t iterations);

  const Machine& machine_;
  const Plans& plans_;
  std::span<Cell> memory_;
  Modulus modulus_;
  Cell half_;
  std::size_t least_iterations_;  ///< of a tile
  std::size_t tile_limit_;        ///< iterations of a tile at most
  std::size_t span_limit_;        ///< of a span on one thread
  std::size_t
      part_limit_;     ///< of a thread's part: what it has looked at is in the cache when it runs
  std::size_t parts_;  ///< of a span in parallel
  bool word_;          ///< natural wrap-around
  const Kernels<Cell>& kernels_;
  std::vector<Value> values_;
  std::uint64_t looks_ = 0;
  std::vector<std::vector<History>> history_;  ///< by block and plan
  Cell* buffers_ = nullptr;                    ///< of every node, one after the other
  std::size_t tile_ = 0;                       ///< iterations at a time in this span
  bool in_order_ = false;  ///< stores of a tile may overwrite each other out of order
  Wanted wanted_ = Wanted::any;
  bool large_memory_;      ///< does not fit the cache
  bool streams_ = false;   ///< what is stored goes past the cache
  bool streamed_ = false;  ///< and has done so
  std::vector<std::pair<NodeIndex, std::size_t>> unchecked_;  ///< load and store: by each tile
  bool foreign_front_ = false;  ///< the cell before a view may be another thread's
  /// Where stores go instead of the memory, if they have to wait: address and value.
  std::vector<std::pair<Cell, Cell>>* deferred_ = nullptr;
  /// Likewise of stores to a cell that every iteration stores to: other parts do so too.
  std::vector<std::pair<Cell, Cell>>* last_stores_ = nullptr;
};

}  // namespace nram::loops
