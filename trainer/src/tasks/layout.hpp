#pragma once

// What the generators of the ten tasks share: values in the patterns a draw asks for, unused cells,
// places for nodes.

#include <vector>

#include <nram/trainer/generated_task.hpp>

namespace nram::tasks {

/// The cells of an example while it is laid out.
class Layout {
 public:
  Layout(const Draw& draw, Random& random, std::size_t cells);

  [[nodiscard]] std::size_t cells() const { return example_.memory.size(); }
  [[nodiscard]] Modulus modulus() const { return modulus_; }

  void set(std::size_t address, Word value) { example_.memory[address] = value; }
  [[nodiscard]] Word get(std::size_t address) const { return example_.memory[address]; }
  void expect(std::size_t address, Word value) { example_.expected[address] = value; }

  /// n values in [1, M-1] in the pattern of the draw.
  [[nodiscard]] std::vector<Word> values(std::size_t n);

  Example take() { return std::move(example_); }

 private:
  const Draw& draw_;
  Random& random_;
  Modulus modulus_;
  Word largest_;  // of the values drawn
  Example example_;
};

/// `count` addresses of blocks of `size` cells in [first, end), at random and not overlapping.
/// Precondition: (end - first) ≥ count · size.
std::vector<std::size_t> scatter(std::size_t first, std::size_t end, std::size_t count,
                                 std::size_t size, Random& random);

Example access(const Draw& draw, Random& random);
Example increment(const Draw& draw, Random& random);
Example copy(const Draw& draw, Random& random);
Example reverse(const Draw& draw, Random& random);
Example swap(const Draw& draw, Random& random);
Example permutation(const Draw& draw, Random& random);
Example list_k(const Draw& draw, Random& random);
Example list_search(const Draw& draw, Random& random);
Example merge(const Draw& draw, Random& random);
Example walk_bst(const Draw& draw, Random& random);

}  // namespace nram::tasks
