#pragma once

// Loops of a program that can run many turns at once. A loop is a cycle of blocks together with the
// outcome of every zero test on the way round; one turn is straight-line code on the registers. It
// can run in bulk if no register's value has to be computed turn by turn:
//
//   invariant  the register keeps its value;
//   linear     it changes by an amount that is the same in every turn;
//   fresh      it is computed anew in every turn from values that can be computed in bulk (and may
//              be used in the turn after);
//   scan       it accumulates: r + x, r - x, min(r, x), max(r, x) with an x that does not depend on
//              r; an associative operation.
//
// Everything else (pointer chases, say) remains for the sequential engines. Compare Lamport, The
// parallel execution of DO loops (1974), for the idea of independent turns, and Boncz, Zukowski and
// Nes, MonetDB/X100 (2005), for running them operation by operation on vectors that fit the cache.

#include "../flow/flow.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace nram::bulk {

using flow::Op;

/// How the value of a node develops from turn to turn.
enum class Shape : std::uint8_t {
  uniform,  ///< the same in every turn
  linear,   ///< first value + turn · stride; the stride is known when the loop starts
  varying,  ///< has to be computed for every turn
};

/// Index of a node.
using NodeIndex = std::uint32_t;
constexpr NodeIndex no_node = ~NodeIndex{0};

/// A value of one turn. Nodes come after the nodes they use.
struct Node {
  enum class Kind : std::uint8_t {
    constant,  ///< `number` mod M
    input,     ///< register `number` at the start of the turn
    shifted,   ///< ditto, a fresh register: node a in the turn before, the register in the first
    scan,      ///< ditto, an accumulator: the values before each turn; node a is x, `op` how
    compute,   ///< op(a, b), a load or a custom module
  };
  Kind kind = Kind::constant;
  Op op = Op::add;
  std::uint8_t module = 0;  ///< of a custom module
  std::int32_t number = 0;
  NodeIndex a = no_node;
  NodeIndex b = no_node;
  Shape shape = Shape::uniform;
  enum class Test : std::uint8_t { none, zero, nonzero };
  Test test = Test::none;    ///< the turn goes on in the cycle only if its value is (not) zero
  bool is_address = false;   ///< there must be a cell of this number
  bool only_stored = false;  ///< its one use is as the value of the only store
  bool early = false;        ///< a test, or the address of an access, depends on it
  /// Of an accumulator that nothing looks at within the loop: its value after the last turn will
  /// do.
  bool folded = false;
  /// As `folded`, but turns may store the accumulator's new value, all to one cell: then, too, only
  /// the last one counts.
  bool folded_or_kept = false;
  /// How many accumulations, one feeding the next, its value takes.
  std::uint8_t level = 0;
};

struct Store {
  NodeIndex address;
  NodeIndex value;
};

/// A memory access, as the order of accesses within a turn needs it.
struct Access {
  NodeIndex node;  ///< the loading node, or an index in Plan::stores
  bool is_store;
};

/// The turn goes on in the cycle only if the node's being zero is `zero`.
struct TurnTest {
  NodeIndex node;
  bool zero;
};

/// A loop that starts and ends before `first` block.
struct Plan {
  std::size_t first = 0;
  std::uint32_t steps = 0;            ///< of a turn
  std::vector<std::size_t> blocks{};  ///< on the way round
  std::vector<Node> nodes{};
  std::vector<Store> stores{};
  std::vector<Access> accesses{};      ///< in the order of the turn
  std::vector<NodeIndex> addresses{};  ///< that must exist, of loads and stores
  std::vector<TurnTest> tests{};
  std::vector<NodeIndex> after{};  ///< by register: its value after the turn
  std::vector<NodeIndex> scans{};  ///< the nodes of accumulators
  std::uint8_t levels = 0;         ///< the highest of the nodes'
  /// Whether a turn can begin before those before it are done, once it is known what they
  /// accumulate: where the turns store is not computed.
  bool may_be_parallel = true;

  [[nodiscard]] bool passes(std::size_t block) const {
    return std::find(blocks.begin(), blocks.end(), block) != blocks.end();
  }
};

/// All loops of a program that can run in bulk, by the block at which they are entered.
struct Plans {
  std::vector<std::vector<Plan>> of_block;
  bool any = false;
};

/// Finds loops of few steps; takes milliseconds at most.
Plans find_plans(const flow::Flow& flow);

}  // namespace nram::bulk
