#pragma once

// What the inputs of all examples have in common, as far as examples show it: so that further
// inputs can be made which a user would take for inputs of the same task.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <nram/engine/order.hpp>
#include <nram/model-io/example.hpp>

namespace nram {

/// Addresses that lead from one to the next and end at 0: a linked list. Of all examples.
struct Chain {
  std::size_t head = 0;    ///< the cell that holds the first address
  std::size_t first = 0;   ///< the lowest address of a node
  std::size_t stride = 1;  ///< all addresses are first + a multiple of this
};

/// The addresses that a chain goes over, in order; nothing if it leaves the memory or comes to a
/// node twice. O(cells).
std::optional<std::vector<std::size_t>> chain_from(std::span<const Word> memory, std::size_t head);

/// Relations that hold in every example given: between the length of the memory, the first cells,
/// the places of the first zeros, which cells count, and the nodes of a chain; whether runs between
/// zeros are sorted; and whether there is a chain.
class Likeness {
 public:
  /// The first cells, which may be parameters: addresses, numbers of elements, values.
  static constexpr std::size_t parameters = 3;

  /// At least one example. O(examples · cells).
  explicit Likeness(std::span<const Example> examples);

  /// Whether all relations hold for the input. O(cells + relations).
  [[nodiscard]] bool admits(const Example& input) const;

  [[nodiscard]] const std::optional<Chain>& chain() const { return chain_; }
  /// Signed if the examples are.
  [[nodiscard]] Order order() const { return order_; }
  /// The smallest and largest value of the cells that are no parameters, 0 left out, in this order;
  /// equal if there are none.
  [[nodiscard]] Word smallest_value() const { return smallest_value_; }
  [[nodiscard]] Word largest_value() const { return largest_value_; }
  /// Of a parameter, likewise.
  [[nodiscard]] Word smallest_parameter(std::size_t cell) const { return ranges_[cell].low; }
  [[nodiscard]] Word largest_parameter(std::size_t cell) const { return ranges_[cell].high; }
  /// How many first cells there are in all examples, at most `parameters`.
  [[nodiscard]] std::size_t parameter_cells() const { return ranges_.size(); }

 private:
  using Feature = std::int64_t;
  struct Difference {
    std::size_t a = 0, b = 0;  ///< features
    Feature least = 0;         ///< of feature a - feature b
    bool is_fixed = false;     ///< always the least
  };
  struct Equality {
    std::size_t a = 0, b = 0, c = 0, d = 0;  ///< features: a - b = c - d + offset
    Feature offset = 0;
  };
  struct Range {
    Word low = 0, high = 0;
  };
  enum class Sorted : std::uint8_t { no, ascending, descending };

  [[nodiscard]] std::vector<Feature> features_of(const Example& example) const;
  [[nodiscard]] bool all_sorted(std::span<const Word> cells, bool ascending) const;
  [[nodiscard]] Feature as_feature(Word value) const;
  void find_relations(const std::vector<std::vector<Feature>>& features);
  void find_orders(std::span<const Example> examples);
  void find_chain(std::span<const Example> examples);
  [[nodiscard]] std::span<const Word> segment(const Example& example, std::size_t number) const;

  Order order_ = Order::unsigned_numbers;
  std::vector<Range> ranges_;  ///< of the parameters
  std::vector<bool> fixed_;    ///< features that are the same in all examples
  std::vector<Feature> fixed_values_;
  std::vector<Difference> differences_;
  std::vector<Equality> equalities_;
  std::vector<Sorted> orders_;  ///< of the segments
  std::size_t body_ = 0;        ///< the first cell behind parameters that are addresses or fixed
  std::optional<Chain> chain_;
  Word smallest_value_ = 0;
  Word largest_value_ = 0;
};

}  // namespace nram
