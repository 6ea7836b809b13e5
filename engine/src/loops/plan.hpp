#pragma once

// Plans of loops that can be vectorised. A loop is a cycle of blocks together with the outcome of
// every zero test on the way round; one iteration is straight-line code on the registers. It can be
// vectorised if every register is of one of these kinds:
//
//   invariant           it keeps its value;
//   induction variable  it changes by an amount that is the same in every iteration;
//   recomputed          every iteration computes it anew from values of these kinds (and the next
//                       iteration may use it);
//   reduction           it becomes r + x, r - x, min(r, x) or max(r, x) (of signed or unsigned
//                       numbers) with an x that does not depend on r: an associative operation.
//
// Loops with other recurrences (pointer chases, say) remain for the sequential engines. Compare
// Lamport, The parallel execution of DO loops (1974), for the idea of independent iterations, and
// Boncz, Zukowski and Nes, MonetDB/X100 (2005), for running them operation by operation on vectors
// that fit the cache.

#include <algorithm>
#include <cstdint>
#include <vector>

#include <nram/engine/flow.hpp>

namespace nram::loops {

using flow::Op;

/// How a value develops from iteration to iteration.
enum class Evolution : std::uint8_t {
  invariant,  ///< the same in every iteration
  induction,  ///< first value + iteration · stride; the stride is known when the loop starts
  varying,    ///< has to be computed for every iteration
};

/// What must hold of a value for the iteration to go on in the loop.
enum class Guard : std::uint8_t { none, zero, nonzero };

/// Index of a node.
using NodeIndex = std::uint32_t;
constexpr NodeIndex no_node = ~NodeIndex{0};

/// A value of one iteration. Nodes come after the nodes they use.
struct Node {
  enum class Kind : std::uint8_t {
    constant,    ///< `number` mod M
    input,       ///< register `number` at the start of the iteration
    recomputed,  ///< ditto, a recomputed register that varies: node a in the iteration before, the
                 ///< register itself in the first
    reduction,   ///< ditto, a reduction: its value before each iteration; node a is x, `op` how
    compute,     ///< op(a, b), a load or a custom module
  };
  Kind kind = Kind::constant;
  Op op = Op::add;
  std::uint8_t module = 0;  ///< of a custom module
  std::int64_t number = 0;
  NodeIndex a = no_node;
  NodeIndex b = no_node;
  Evolution evolution = Evolution::invariant;
  Guard guard = Guard::none;
  bool is_address = false;   ///< there must be a cell of this number
  bool only_stored = false;  ///< its one use is as the value of the only store
  bool inspected = false;    ///< a guard, or the address of an access, depends on it
  /// Of a reduction that nothing looks at within the loop: its value after the last iteration will
  /// do.
  bool folded = false;
  /// As `folded`, but iterations may store the reduction's new value, all to one cell: then, too,
  /// only the last one counts.
  bool folded_or_stored = false;
  /// How many reductions, one feeding the next, its value takes.
  std::uint8_t level = 0;
};

struct Store {
  NodeIndex address;
  NodeIndex value;
};

/// A memory access, as the order of accesses within an iteration needs it.
struct Access {
  NodeIndex node;  ///< the loading node, or an index in Plan::stores
  bool is_store;
};

/// A loop, entered before its first block.
struct Plan {
  std::uint32_t steps = 0;            ///< of an iteration
  std::vector<std::size_t> blocks{};  ///< on the way round
  std::vector<Node> nodes{};
  std::vector<Store> stores{};
  std::vector<Access> accesses{};       ///< in the order of the iteration
  std::vector<NodeIndex> after{};       ///< by register: its value after the iteration
  std::vector<NodeIndex> reductions{};  ///< the nodes of reductions
  std::uint8_t levels = 0;              ///< the highest of the nodes'
  /// Whether an iteration can begin before those before it are done, once it is known what they add
  /// to reductions: where the iterations store is not computed.
  bool may_be_parallel = true;

  [[nodiscard]] bool passes(std::size_t block) const {
    return std::find(blocks.begin(), blocks.end(), block) != blocks.end();
  }
};

/// All loops of a program that can be vectorised, by the block at which they are entered.
struct Plans {
  std::vector<std::vector<Plan>> of_block;
  bool any = false;
};

}  // namespace nram::loops
