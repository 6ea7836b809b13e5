#pragma once

#include "discrete/cost/byte_lanes.hpp"

#include <array>
#include <span>
#include <vector>

#include <nram/trainer/task.hpp>

namespace nram::discrete {

inline constexpr unsigned max_batches = 2;  ///< that a candidate is evaluated on at once

/// Up to 64 examples, packed into lanes. They may differ in size and modulus.
class ExampleBatch {
 public:
  static constexpr unsigned max_cells = 64;
  static constexpr unsigned max_modulus = 255;

  /// The first `loaded_cells` registers start with the cells of the same number, if they exist, the
  /// others as the example says. Throws Error(data) if that sets more registers than there are.
  /// Precondition: every example fits().
  explicit ExampleBatch(std::span<const TestCase> examples, unsigned registers,
                        std::size_t loaded_cells = 0);

  /// Whether an example is small enough: at most max_cells cells, modulus at most max_modulus.
  [[nodiscard]] static bool fits(const TestCase& example);

  unsigned count = 0;
  unsigned cells = 0;       ///< the largest number of cells
  unsigned results = 0;     ///< the largest number of result cells of an example
  unsigned step_limit = 0;  ///< the largest of any example
  Bytes modulus{};
  Bytes half_modulus{};                    ///< rounded down
  Bytes size{};                            ///< number of cells of each example
  Bytes steps{};                           ///< step limit of each example
  Bytes used{};                            ///< 0xff for lanes with an example
  std::array<float, byte_lanes> weight{};  ///< in the cost; 1 unless changed, 0 without example
  std::array<float, byte_lanes> result_share{};  ///< 1 / sum of result weights
  std::vector<Bytes> memory;                     ///< by cell
  std::vector<Bytes> counts;                     ///< by cell: 0xff where the cell is a result
  std::vector<Bytes> result_address;             ///< by result
  std::vector<Bytes> result_value;
  std::vector<Bytes> result_exists;
  std::vector<Bytes> result_weight;   ///< beside the other results of an example; 1 unless changed
  std::vector<unsigned> result_from;  ///< by result: the lowest address of any example
  std::vector<unsigned> result_to;    ///< ... and one more than the highest
  std::vector<Bytes> registers;       ///< initial
};

}  // namespace nram::discrete
