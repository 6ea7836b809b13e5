#include "reduction_case.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <vector>

namespace nram::bench {

bool is_reduction(const std::string& task) {
  return task == "sum" || task == "maximum" || task == "prefix-sums";
}

test::TaskCase reduction_case(const std::string& task, std::size_t n, std::mt19937_64& random) {
  constexpr Word largest_value = 1000;
  // One cell of something before the array, but for prefix sums; a zero after it.
  const std::size_t first = task == "prefix-sums" ? 0 : 1;
  std::vector<Word> memory(first + n + 1, 1);
  std::generate_n(memory.begin() + static_cast<std::ptrdiff_t>(first), n,
                  [&] { return 1 + random() % largest_value; });
  memory.back() = 0;
  std::vector<Word> expected = memory;
  const auto begin = memory.begin() + static_cast<std::ptrdiff_t>(first);
  if (task == "prefix-sums") {
    std::partial_sum(memory.begin(), std::prev(memory.end()), expected.begin());
  } else {
    expected[0] = task == "sum" ? std::accumulate(begin, memory.end(), Word{0})
                                : *std::max_element(begin, memory.end());
  }
  return {memory, expected};
}

}  // namespace nram::bench
