// From a full transition table to few rules with don't-cares: a smallest decision tree per state.

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <unordered_map>

#include <nram/engine/program.hpp>

namespace nram {
namespace {

// A set of masks: those m with (m & care) == value.
struct Cube {
  std::uint32_t care = 0;
  std::uint32_t value = 0;
};

class DecisionTree {
 public:
  /// `cubes_left` is how many cubes all trees together may still look at.
  DecisionTree(unsigned registers, std::span<const Transition> row, std::uint64_t& cubes_left)
      : registers_(registers), row_(row) {
    std::uint64_t cubes = 1;
    for (unsigned bit = 0; bit < registers; ++bit) {
      if (is_relevant(1U << bit)) {
        relevant_ |= 1U << bit;
        cubes *= 3;
      }
    }
    is_exact_ = std::popcount(relevant_) <= exact_limit && cubes <= cubes_left;
    cubes_left -= is_exact_ ? cubes : 0;
  }

  void emit(Cube cube, std::uint32_t state, std::vector<Rule>& rules) {
    const int bit = best(cube).split;
    if (bit < 0) {
      rules.push_back({state, cube.care, cube.value, row_[cube.value]});
      return;
    }
    for (const Cube half : halves(cube, static_cast<unsigned>(bit))) {
      emit(half, state, rules);
    }
  }

 private:
  struct Best {
    std::uint32_t leaves = 0;
    int split = -1;  // the register to test, or -1: all masks of the cube agree
  };

  // Trees over up to this many registers are smallest possible (3^8 cubes); larger ones are greedy.
  static constexpr int exact_limit = 8;

  static std::array<Cube, 2> halves(Cube cube, unsigned bit) {
    const std::uint32_t flag = 1U << bit;
    return {Cube{cube.care | flag, cube.value}, Cube{cube.care | flag, cube.value | flag}};
  }

  bool is_relevant(std::uint32_t flag) const {
    for (std::size_t mask = 0; mask < row_.size(); ++mask) {
      if (row_[mask] != row_[mask & ~std::size_t{flag}]) {
        return true;
      }
    }
    return false;
  }

  bool uniform(Cube cube) const {
    const std::uint32_t free = relevant_ & ~cube.care;
    // Enumerates the subsets of the free bits.
    for (std::uint32_t rest = free;; rest = (rest - 1) & free) {
      if (row_[cube.value | rest] != row_[cube.value]) {
        return false;
      }
      if (rest == 0) {
        return true;
      }
    }
  }

  Best best(Cube cube) {
    const std::uint64_t key = (std::uint64_t{cube.care} << 32U) | cube.value;
    if (const auto known = memo_.find(key); known != memo_.end()) {
      return known->second;
    }
    Best result;
    if (uniform(cube)) {
      result.leaves = 1;
    } else {
      for (unsigned bit = 0; bit < registers_; ++bit) {
        if ((((cube.care | ~relevant_) >> bit) & 1U) != 0) {
          continue;
        }
        const auto [low, high] = halves(cube, bit);
        const std::uint32_t leaves = best(low).leaves + best(high).leaves;
        if (result.split < 0 || leaves < result.leaves) {
          result = {leaves, static_cast<int>(bit)};
        }
        if (!is_exact_) {
          break;
        }
      }
    }
    memo_.emplace(key, result);
    return result;
  }

  unsigned registers_;
  std::uint32_t relevant_ = 0;  // registers that make a difference; testing others only costs time
  bool is_exact_ = true;
  std::span<const Transition> row_;
  std::unordered_map<std::uint64_t, Best> memo_;
};

}  // namespace

std::vector<Rule> rules_from_table(const Machine& machine, const std::vector<Transition>& table) {
  // A second's worth, so that programs of thousands of states start at once.
  std::uint64_t cubes_left = std::uint64_t{1} << 22U;
  std::vector<Rule> rules;
  const std::size_t masks = machine.masks();
  for (std::size_t state = 0; state * masks < table.size(); ++state) {
    DecisionTree tree(machine.registers(), {&table[state * masks], masks}, cubes_left);
    tree.emit({}, static_cast<std::uint32_t>(state), rules);
  }
  return rules;
}

}  // namespace nram
