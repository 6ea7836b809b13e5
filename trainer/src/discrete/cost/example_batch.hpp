#pragma once

#include "discrete/cost/lanes.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include <nram/trainer/task.hpp>

namespace nram::discrete {

inline constexpr unsigned max_batches = 8;  ///< that a candidate is evaluated on at once

/// Bits of a lane's element.
enum class LaneWidth : std::uint8_t { bits8, bits16, bits32, bits64 };

/// Where the results of a batch are, by value and by address: what a WRITE has to do with them is
/// found in O(1), however many there are. Numbers of results are one too high; 0 is none.
struct ResultIndex {
  /// What belongs to a lane is at `number of lanes * i + lane`, for i as said here.
  using Numbers = std::vector<std::uint16_t>;

  Numbers by_address;      ///< by cell
  Numbers by_value;        ///< by hash: the first result of a value; then open addressing
  Numbers next_equal;      ///< by result: the next one with the same value
  std::size_t hashes = 0;  ///< a power of 2

  /// Where to begin to look for a value in by_value, with so many hashes.
  [[nodiscard]] static std::size_t hash(std::uint64_t value, std::size_t size) {
    return (value * 0x9e3779b97f4a7c15U >> 32U) & (size - 1);
  }
};

/// The examples of a batch in lanes. Masks have all bits set where something is so.
template <typename Element>
struct LaneExamples {
  Lanes<Element> modulus{};                    ///< 0 stands for 2^64
  Lanes<Element> half_modulus{};               ///< rounded down
  Lanes<Element> size{};                       ///< number of cells of each example
  Lanes<Element> steps{};                      ///< step limit of each example
  Lanes<Element> used{};                       ///< mask of lanes with an example
  std::vector<Lanes<Element>> memory;          ///< by cell
  std::vector<Lanes<Element>> counts;          ///< by cell: mask, where the cell is a result
  std::vector<Lanes<Element>> result_address;  ///< by result
  std::vector<Lanes<Element>> result_value;
  std::vector<Lanes<Element>> result_exists;  ///< mask
  std::vector<Lanes<Element>> result_weight;  ///< beside an example's others; 1 unless changed
  std::vector<Lanes<Element>> registers;      ///< initial
};

/// The lanes of a batch of that width: 64, or fewer where they are wide.
constexpr unsigned lanes_of_width(LaneWidth width) {
  switch (width) {
    case LaneWidth::bits8:
      return lanes_of_element<std::uint8_t>;
    case LaneWidth::bits16:
      return lanes_of_element<std::uint16_t>;
    case LaneWidth::bits32:
      return lanes_of_element<std::uint32_t>;
    case LaneWidth::bits64:
      return lanes_of_element<std::uint64_t>;
  }
  return 0;
}

/// Examples packed into lanes. They may differ in size and modulus.
class ExampleBatch {
 public:
  static constexpr unsigned max_cells = 4096;
  static constexpr unsigned max_steps = 65535;
  /// Of examples that fit into bytes.
  static constexpr unsigned max_byte_cells = 64;
  static constexpr unsigned max_byte_modulus = 255;
  static constexpr unsigned max_byte_steps = 255;

  /// Takes the first examples, as many as there are lanes of the width that they need; `count` says
  /// how many that were. The first `loaded_cells` registers start with the cells of the same
  /// number, if they exist, the others as the example says. Lanes are as wide as the examples need,
  /// or as `width` says, which changes nothing but the time. Throws Error(data) if an example sets
  /// more registers than there are. Precondition: every example fits(), and the width is enough.
  explicit ExampleBatch(std::span<const TestCase> examples, unsigned registers,
                        std::size_t loaded_cells = 0,
                        std::optional<LaneWidth> width = std::nullopt);

  /// Whether an example is small enough: at most max_cells cells, max_steps steps. O(1).
  [[nodiscard]] static bool fits(const TestCase& example);

  /// The narrowest lanes that hold everything that may come up in an example that fits(): numbers
  /// below its modulus, addresses, steps. O(1).
  [[nodiscard]] static LaneWidth width_of(const TestCase& example);

  unsigned count = 0;
  unsigned cells = 0;                      ///< the largest number of cells
  unsigned results = 0;                    ///< the largest number of result cells of an example
  unsigned step_limit = 0;                 ///< the largest of any example
  std::array<float, lane_count> weight{};  ///< in the cost; 1 unless changed, 0 without example
  std::array<float, lane_count> result_share{};  ///< 1 / sum of result weights
  std::vector<unsigned> result_from;             ///< by result: the lowest address of any example
  std::vector<unsigned> result_to;               ///< ... and one more than the highest
  std::variant<LaneExamples<std::uint8_t>, LaneExamples<std::uint16_t>, LaneExamples<std::uint32_t>,
               LaneExamples<std::uint64_t>>
      lanes;
  ResultIndex index;  ///< of lanes wider than a byte

  [[nodiscard]] LaneWidth width() const { return static_cast<LaneWidth>(lanes.index()); }

 private:
  template <typename Element>
  void pack(std::span<const TestCase> examples, unsigned machine_registers,
            std::size_t loaded_cells, LaneExamples<Element>& into);
  template <typename Element>
  void make_index(const LaneExamples<Element>& of);
};

}  // namespace nram::discrete
