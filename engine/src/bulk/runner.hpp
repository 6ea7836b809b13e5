#pragma once

// Runs loops in bulk: operation by operation on vectors that stay in the cache. What depends on
// linear values only is settled for a span of many turns: addresses exist, no value wraps round. A
// span is run tile by tile. A tile changes nothing before it is certain that it may: every zero
// test goes the loop's way, addresses that had to be computed exist, and no turn reads what an
// earlier one of the tile writes. It is cut short before the first turn of which one of these does
// not hold, and the sequential engine takes that turn. So faults, exits, wrap-around and conflicts
// need no code here, and results are the sequential machine's.

#include "kernels.hpp"
#include "plan.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <nram/engine/machine.hpp>

namespace nram::bulk {

/// Memories larger than this do not stay in any cache.
constexpr std::size_t cache_bytes = std::size_t{48} << 20U;

/// Which loops the runner is asked for: sometimes only those that store past the cache.
enum class Wanted : std::uint8_t { any, past_cache };

/// Executes loops of one program on one memory. Cell is std::uint32_t or std::uint64_t.
template <typename Cell>
class Runner {
 public:
  /// Keeps references to all but the modulus. Plans are of a Flow for this kind of run. Fewer turns
  /// than are worth the effort run only if `any_length`.
  Runner(const Machine& machine, const Plans& plans, std::span<Cell> memory, Modulus modulus,
         bool any_length);

  /// Runs as many whole turns of a loop from `block` on as can be run in bulk within `most_steps`
  /// steps. Returns the number of steps (0: none); the program then stands before `block` again.
  std::uint64_t run(std::size_t block, Cell* registers, std::uint64_t most_steps,
                    Wanted wanted = Wanted::any);

  /// Loops of fewer turns are not run in parallel by this many threads.
  static constexpr std::size_t least_parallel_turns(std::size_t threads) {
    return threads * usual_tiles * most_turns;
  }

 private:
  // Turns in a tile: few enough that the processor still has the memory traffic of one operation
  // under way when it does the next.
  static constexpr std::size_t most_turns = 8192 / sizeof(Cell);
  static constexpr std::size_t usual_tiles = 64;           // of a span on one thread
  static constexpr std::size_t front = 64 / sizeof(Cell);  // room before a vector

  // A node's values in the turns of a tile.
  struct Value {
    Cell base = 0;                ///< in the first turn, unless varying
    Cell stride = 0;              ///< unless varying: modulo M
    const Cell* lanes = nullptr;  ///< null: not needed so far
    Cell least = 0;               ///< of varying addresses
    Cell largest = 0;             ///< of varying addresses
    bool is_view = false;         ///< lanes are cells of the memory
    bool front_used = false;      ///< the place before the vector is taken
  };

  // How a plan has fared in this run.
  struct History {
    unsigned failures = 0;
    std::uint64_t next_look = 0;
  };

  // Addresses of an access: first + turn · stride, or within a range.
  struct Addresses {
    bool linear = true;
    std::int64_t first = 0;
    std::int64_t stride = 0;
    std::int64_t least = 0;
    std::int64_t largest = 0;
  };

  std::size_t span(const Plan& plan, Cell* registers, std::size_t turns, bool& ended);
  bool begin_span(const Plan& plan, const Cell* registers, std::size_t& turns);
  std::size_t run_tiles(const Plan& plan, Cell* registers, std::size_t turns);
  std::size_t tile(const Plan& plan, Cell* registers, std::size_t turns);
  bool set_bases(const Plan& plan, const Cell* registers);
  bool set_strides(const Plan& plan, std::size_t& turns);
  bool compute_lanes(const Plan& plan, const Cell* registers, std::size_t& turns,
                     const std::vector<bool>* wanted);
  void compute(const Plan& plan, std::size_t index, const Cell* registers, std::size_t turns);
  void compute_to(const Plan& plan, std::size_t index, std::size_t turns, Cell* to);
  void load(const Plan& plan, std::size_t index, std::size_t turns, Cell* to);
  [[nodiscard]] bool may_compute_to(const Plan& plan, std::size_t index, std::size_t turns,
                                    const Cell* to);
  void shift(const Plan& plan, std::size_t index, Cell current, std::size_t turns);
  bool settle_conflicts(const Plan& plan, std::size_t& span);
  std::size_t without_conflicts(const Plan& plan, std::size_t turns) const;
  void next_tile(const Plan& plan, std::size_t turns);

  // Accumulators (accumulators.cpp).
  void scan(const Plan& plan, std::size_t index, Cell current, std::size_t turns);
  [[nodiscard]] Cell combine(Op op, Cell a, Cell b) const;
  [[nodiscard]] Cell neutral(Op op) const;
  Cell contribution(const Plan& plan, NodeIndex scan, std::size_t turns);

  // A span in parallel (parallel_span.cpp, survey.cpp).
  struct Part;
  struct Accumulated;
  std::size_t parallel_span(const Plan& plan, Cell* registers, std::size_t turns, bool& ended);
  std::optional<std::size_t> turns_to_defer(const Plan& plan, std::size_t turns) const;
  std::vector<Part> split(const Plan& plan, const Cell* registers, std::size_t turns) const;
  std::size_t survey_all(const Plan& plan, const Cell* registers, std::vector<Part>& parts) const;
  std::size_t start_level(const Plan& plan, const Cell* registers, std::vector<Part>& parts,
                          std::size_t running, unsigned level) const;
  static void survey(const Plan& plan, Part& part, const std::vector<bool>& wanted, unsigned level);
  static Accumulated accumulated(const Plan& plan, const Part& part);
  std::optional<Cell> value_at(const Plan& plan, NodeIndex index, std::size_t turn,
                               const Cell* registers, const Accumulated& accumulated,
                               unsigned depth) const;
  bool advance_unseen(const Plan& plan, Cell* registers, const Part& last) const;
  [[nodiscard]] bool last_turn_is_all(const Plan& plan) const;
  void execute(const Plan& plan, Part& part, std::size_t defer);
  void use_workspace(const Plan& plan);
  void advance(const Plan& plan, Cell* registers, std::size_t turns);
  void store(const Plan& plan, const Store& store, std::size_t turns);
  void store_turn_by_turn(const Plan& plan, std::size_t turns);

  [[nodiscard]] Cell scalar(const Node& node, Cell a, Cell b) const;
  [[nodiscard]] Cell add(Cell a, Cell b) const { return static_cast<Cell>(modulus_.add(a, b)); }
  [[nodiscard]] Cell sub(Cell a, Cell b) const { return static_cast<Cell>(modulus_.sub(a, b)); }
  [[nodiscard]] bool falls(Cell stride) const { return stride > half_; }
  /// The stride as a number that natural arithmetic can add.
  [[nodiscard]] Cell natural(Cell stride) const {
    return falls(stride) ? static_cast<Cell>(stride - static_cast<Cell>(modulus_.value())) : stride;
  }
  [[nodiscard]] Cell at(const Node& node, const Value& value, std::size_t turn) const;
  Cell* own(std::size_t index) { return buffers_ + index * (front + most_turns) + front; }
  const Cell* lanes(const Plan& plan, NodeIndex index, std::size_t turns);
  Addresses addresses(const Plan& plan, NodeIndex index) const;
  static void spread(Addresses& of, std::size_t turns);
  static bool disjoint(Addresses a, Addresses b, std::size_t turns);

  const Machine& machine_;
  const Plans& plans_;
  std::span<Cell> memory_;
  Modulus modulus_;
  Cell half_;
  std::size_t least_turns_;  ///< of a tile
  std::size_t tile_limit_;   ///< turns of a tile at most
  std::size_t span_limit_;   ///< of a span on one thread
  std::size_t
      part_limit_;     ///< of a thread's part: what it has looked at is in the cache when it runs
  std::size_t parts_;  ///< of a span in parallel
  bool word_;          ///< natural wrap-around
  const Kernels<Cell>& kernels_;
  std::vector<Value> values_;
  std::uint64_t looks_ = 0;
  std::vector<std::vector<History>> history_;  ///< by block and plan
  Cell* buffers_ = nullptr;                    ///< of every node, one after the other
  std::size_t tile_ = 0;                       ///< turns at a time in this span
  bool turn_by_turn_ = false;  ///< stores of a tile may overwrite each other out of order
  Wanted wanted_ = Wanted::any;
  bool large_memory_;      ///< does not fit the cache
  bool streams_ = false;   ///< what is stored goes past the cache
  bool streamed_ = false;  ///< and has done so
  std::vector<std::pair<NodeIndex, std::size_t>> unsettled_;  ///< load and store: see each tile
  bool foreign_front_ = false;  ///< the cell before a view may be another thread's
  /// Where stores go instead of the memory, if they have to wait: address and value.
  std::vector<std::pair<Cell, Cell>>* deferred_ = nullptr;
  /// Likewise of stores to a cell that every turn stores to: other parts do so too.
  std::vector<std::pair<Cell, Cell>>* kept_ = nullptr;
};

}  // namespace nram::bulk
