#pragma once

// What is done to vectors of cells: the inner loops of vectorised loops. They are compiled once for
// every instruction set of interest; kernels() chooses when the program runs.

#include <array>
#include <cstddef>
#include <cstdint>

namespace nram::loops {

/// Operations that kernels exist for; the order of flow::Op from `add` on.
enum class VectorOp : std::uint8_t {
  add,
  sub,
  lt,
  le,
  eq,
  min,
  max,
  signed_lt,
  signed_le,
  signed_min,
  signed_max,
};
constexpr std::size_t vector_ops = 11;

/// dst[i] = op(a[i], b[i]) for i < n. An operand that is the same for every i is one cell (see
/// OperandForm). Modulo m, or with natural wrap-around if m is 0. dst may be a or b.
template <typename Cell>
using Binary = void (*)(Cell* dst, const Cell* a, const Cell* b, std::size_t n, Cell m);

/// op over n > 0 cells, in whatever order: op is associative and commutative. Modulo m, or with
/// natural wrap-around if m is 0.
template <typename Cell>
using Reduction = Cell (*)(const Cell* p, std::size_t n, Cell m);

enum class OperandForm : std::uint8_t { both_vary, only_a_varies, only_b_varies };
constexpr std::size_t operand_forms = 3;

template <typename Cell>
struct Kernels {
  std::array<std::array<Binary<Cell>, operand_forms>, vector_ops> word;
  std::array<std::array<Binary<Cell>, operand_forms>, vector_ops> modular;
  Reduction<Cell> sum;
  Reduction<Cell> sum_modular;
  Reduction<Cell> least;
  Reduction<Cell> largest;
  Reduction<Cell> signed_least;
  Reduction<Cell> signed_largest;
  Reduction<Cell> signed_least_modular;
  Reduction<Cell> signed_largest_modular;
  /// The first i < n with p[i] = 0 (≠ 0); n if there is none.
  std::size_t (*first_zero)(const Cell* p, std::size_t n);
  std::size_t (*first_nonzero)(const Cell* p, std::size_t n);
  /// The first i < n with p[i] ≥ bound; n if there is none.
  std::size_t (*first_not_below)(const Cell* p, std::size_t n, std::uint64_t bound);
  /// The smallest and the largest of n > 0 cells.
  void (*range)(const Cell* p, std::size_t n, Cell* least, Cell* largest);
  /// dst[i] = first + i · stride, with natural wrap-around.
  void (*iota)(Cell* dst, Cell first, Cell stride, std::size_t n);
  /// dst[i] = memory[address[i]].
  void (*gather)(Cell* dst, const Cell* memory, const Cell* address, std::size_t n);
  /// The same by the processor's instruction for it; null if it has none.
  void (*gather_instruction)(Cell* dst, const Cell* memory, const Cell* address, std::size_t n);
  /// The same for a memory that is larger than the caches.
  void (*gather_far)(Cell* dst, const Cell* memory, const Cell* address, std::size_t n);
  /// dst[i] = src[-i]. The two must not overlap.
  void (*reverse)(Cell* dst, const Cell* src, std::size_t n);
  /// dst[i] = src[i], past the cache; followed by a fence() before another thread may look. The two
  /// must not overlap.
  void (*stream)(Cell* dst, const Cell* src, std::size_t n);
  void (*fence)();
};

/// The fastest kernels this computer can run.
template <typename Cell>
const Kernels<Cell>& kernels();

/// Whether the processor's gather instruction takes less time than loading one by one, which
/// differs between processors and even between versions of their microcode: measured once, in some
/// ten microseconds.
bool gathers_fast();

}  // namespace nram::loops
