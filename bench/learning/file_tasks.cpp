#include "file_tasks.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace nram::bench {
namespace {

constexpr Word values = 20;

void put_array(std::vector<Word>& memory, std::size_t n, Random& random) {
  for (std::size_t i = 0; i < n; ++i) {
    memory.push_back(random.between(1, values));
  }
}

void put_trash(std::vector<Word>& memory, Random& random) {
  for (std::uint64_t i = random.below(4); i > 0; --i) {
    memory.push_back(random.below(values));
  }
}

// `parameters` values, A, 0, trash.
template <std::size_t parameters>
std::vector<Word> draw_array(std::size_t n, Random& random) {
  std::vector<Word> memory;
  put_array(memory, parameters + n, random);
  memory.push_back(0);
  put_trash(memory, random);
  return memory;
}

std::vector<Word> draw_two_arrays(std::size_t n, Random& random) {
  std::vector<Word> memory{n + 2};
  put_array(memory, n, random);
  memory.push_back(0);
  put_array(memory, n, random);
  memory.push_back(0);
  put_trash(memory, random);
  return memory;
}

std::vector<Word> draw_list(std::size_t n, Random& random) {
  std::vector<std::size_t> nodes(n + random.below(3));
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    nodes[i] = 2 + 2 * i;
  }
  random.shuffle(std::span(nodes));
  std::vector<Word> memory{nodes.front()};
  while (memory.size() < 2 + 2 * nodes.size()) {
    memory.push_back(random.below(values));
  }
  for (std::size_t i = 0; i < n; ++i) {
    memory[nodes[i]] = i + 1 < n ? nodes[i + 1] : 0;
  }
  return memory;
}

std::vector<Word> draw_ends(std::size_t n, Random& random) {
  std::vector<Word> memory{2, n + 1};
  put_array(memory, n, random);
  put_trash(memory, random);
  return memory;
}

Example unsolved(const std::vector<Word>& memory) {
  return {memory, std::vector<std::optional<Word>>(memory.size()), {}, {}};
}

// The place of the first 0 from `first` on; nothing if there is none, or no element before it.
std::optional<std::size_t> end_of(const std::vector<Word>& memory, std::size_t first) {
  for (std::size_t cell = first; cell < memory.size(); ++cell) {
    if (memory[cell] == 0) {
      return cell > first ? std::optional(cell) : std::nullopt;
    }
  }
  return std::nullopt;
}

// v, A, 0 -> every A[i] becomes what a function makes of A[i] and v.
template <typename Function>
std::optional<Example> map_with(const std::vector<Word>& memory, Function function) {
  const auto end = end_of(memory, 1);
  if (!end || memory[0] == 0) {
    return std::nullopt;
  }
  Example example = unsolved(memory);
  for (std::size_t cell = 1; cell < *end; ++cell) {
    example.expected[cell] = function(memory[cell], memory[0]);
  }
  return example;
}

// x, A, 0 -> x becomes the elements taken together.
template <typename Function>
std::optional<Example> fold_with(const std::vector<Word>& memory, Function function) {
  const auto end = end_of(memory, 1);
  if (!end) {
    return std::nullopt;
  }
  Example example = unsolved(memory);
  Word total = 0;
  for (std::size_t cell = 1; cell < *end; ++cell) {
    total = function(total, memory[cell]);
  }
  example.expected[0] = total;
  return example;
}

std::optional<Example> fill(const std::vector<Word>& memory) {
  return map_with(memory, [](Word, Word v) { return v; });
}

std::optional<Example> clamp(const std::vector<Word>& memory) {
  return map_with(memory, [](Word a, Word t) { return std::min(a, t); });
}

std::optional<Example> sum(const std::vector<Word>& memory) {
  return fold_with(memory, std::plus<>());
}

std::optional<Example> maximum(const std::vector<Word>& memory) {
  return fold_with(memory, [](Word a, Word b) { return std::max(a, b); });
}

std::optional<Example> prefix_sums(const std::vector<Word>& memory) {
  const auto end = end_of(memory, 0);
  if (!end) {
    return std::nullopt;
  }
  Example example = unsolved(memory);
  Word total = 0;
  for (std::size_t cell = 0; cell < *end; ++cell) {
    total += memory[cell];
    example.expected[cell] = total;
  }
  return example;
}

std::optional<Example> add_arrays(const std::vector<Word>& memory) {
  const auto end = end_of(memory, 1);
  if (!end || memory[0] != *end + 1 || end_of(memory, *end + 1) != 2 * *end) {
    return std::nullopt;
  }
  Example example = unsolved(memory);
  for (std::size_t cell = 1; cell < *end; ++cell) {
    example.expected[cell] = memory[cell] + memory[*end + cell];
  }
  example.steps = 2 * memory.size() + 6;
  return example;
}

std::optional<Example> list_length(const std::vector<Word>& memory) {
  Example example = unsolved(memory);
  Word count = 0;
  for (Word node = memory[0]; node != 0; node = memory[node]) {
    if (node + 1 >= memory.size() || node < 2 || node % 2 != 0 || ++count > memory.size()) {
      return std::nullopt;
    }
  }
  example.expected[1] = count;
  return example;
}

std::optional<Example> reverse_in_place(const std::vector<Word>& memory) {
  if (memory.size() < 3 || memory[0] != 2 || memory[1] < 2 || memory[1] >= memory.size()) {
    return std::nullopt;
  }
  Example example = unsolved(memory);
  for (std::size_t cell = 2; cell <= memory[1]; ++cell) {
    example.expected[cell] = memory[memory[1] + 2 - cell];
  }
  example.steps = 2 * memory.size() + 6;
  return example;
}

constexpr std::array tasks = {
    FileTask{"fill", draw_array<1>, fill},
    FileTask{"sum", draw_array<1>, sum},
    FileTask{"maximum", draw_array<1>, maximum},
    FileTask{"clamp", draw_array<1>, clamp},
    FileTask{"prefix-sums", draw_array<0>, prefix_sums},
    FileTask{"add-arrays", draw_two_arrays, add_arrays},
    FileTask{"list-length", draw_list, list_length},
    FileTask{"reverse-in-place", draw_ends, reverse_in_place},
};

}  // namespace

std::span<const FileTask> file_tasks() { return tasks; }

}  // namespace nram::bench
