#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <stdexcept>

#include <support/task_case.hpp>

namespace nram::test {
namespace {

using Random = std::mt19937_64;
using Words = std::vector<Word>;

Word below(Random& random, Word bound) { return random() % bound; }

// `cells` cells of values from 1 on.
Words trash(std::size_t cells, Random& random) {
  Words memory(cells);
  std::generate(memory.begin(), memory.end(), [&] { return 1 + below(random, cells - 1); });
  return memory;
}

TaskCase access(std::size_t n, Random& random) {
  Words memory = trash(n + 1, random);
  memory[0] = below(random, n);
  Words expected = memory;
  expected[0] = memory[memory[0] + 1];
  return {memory, expected};
}

TaskCase increment(std::size_t n, Random& random) {
  Words memory = trash(std::max<std::size_t>(3, n + 1 + below(random, 3)), random);
  // The largest value stays out: what it becomes depends on the modulus.
  std::for_each(memory.begin(), memory.end(), [&](Word& v) { v = std::min(v, memory.size() - 2); });
  memory[n] = 0;
  Words expected = memory;
  std::for_each_n(expected.begin(), n, [&](Word& v) { ++v; });
  return {memory, expected};
}

// p, A, NULL, room for the result at p.
TaskCase copy_or_reverse(std::size_t n, bool reverse, Random& random) {
  const Word p = n + 2 + below(random, 3);
  Words memory = trash(p + n + below(random, 3), random);
  memory[0] = p;
  memory[n + 1] = 0;
  Words expected = memory;
  for (std::size_t i = 0; i < n; ++i) {
    expected[p + i] = memory[reverse ? n - i : 1 + i];
  }
  return {memory, expected};
}

TaskCase swap(std::size_t n, Random& random) {
  Words memory = trash(n + 3 + below(random, 3), random);
  memory[0] = 2 + below(random, n);
  memory[1] = 2 + below(random, n);
  memory[n + 2] = 0;
  Words expected = memory;
  std::swap(expected[memory[0]], expected[memory[1]]);
  return {memory, expected};
}

TaskCase permutation(std::size_t n, Random& random) {
  Words memory = trash(2 * n + 1 + below(random, 3), random);
  memory[0] = n + 1;
  std::iota(memory.begin() + 1, memory.begin() + 1 + static_cast<std::ptrdiff_t>(n), 0);
  std::shuffle(memory.begin() + 1, memory.begin() + 1 + static_cast<std::ptrdiff_t>(n), random);
  Words expected = memory;
  for (std::size_t i = 1; i <= n; ++i) {
    expected[i] = memory[n + 1 + memory[i]];
  }
  return {memory, expected};
}

// The first cells of n nodes of `size` cells each, in random order among trash, from `start` on.
Words places(std::size_t n, std::size_t size, std::size_t start, std::size_t& cells,
             Random& random) {
  Words result;
  cells = start;
  for (std::size_t i = 0; i < n; ++i) {
    cells += below(random, 2);
    result.push_back(cells);
    cells += size;
  }
  std::shuffle(result.begin(), result.end(), random);
  return result;
}

TaskCase list(std::size_t n, bool search, Random& random) {
  std::size_t cells = 0;
  const Words nodes = places(n, 2, 3, cells, random);
  const std::size_t out = cells++;
  Words memory = trash(cells + below(random, 3), random);
  memory[0] = nodes[0];
  memory[2] = out;
  for (std::size_t i = 0; i < n; ++i) {
    memory[nodes[i]] = i + 1 < n ? nodes[i + 1] : 0;
  }
  const std::size_t chosen = below(random, n);
  Words expected;
  if (search) {
    memory[1] = memory[nodes[chosen] + 1];
    const auto first = std::find_if(nodes.begin(), nodes.end(),
                                    [&](Word node) { return memory[node + 1] == memory[1]; });
    expected = memory;
    expected[out] = *first;
  } else {
    memory[1] = chosen + 1;
    expected = memory;
    expected[out] = memory[nodes[chosen] + 1];
  }
  return {memory, expected};
}

TaskCase merge(std::size_t n, Random& random) {
  const std::size_t sizes[] = {1 + below(random, n), n};
  const std::size_t a = 3;
  const std::size_t b = a + sizes[0] + 1;
  const std::size_t o = b + sizes[1] + 1 + below(random, 2);
  const std::size_t starts[] = {a, b};
  Words memory = trash(o + sizes[0] + sizes[1] + below(random, 3), random);
  std::copy_n(std::begin({Word{a}, Word{b}, Word{o}}), 3, memory.begin());
  Words merged;
  for (const int which : {0, 1}) {
    const auto first = memory.begin() + static_cast<std::ptrdiff_t>(starts[which]);
    const auto last = first + static_cast<std::ptrdiff_t>(sizes[which]);
    std::sort(first, last);
    *last = 0;
    merged.insert(merged.end(), first, last);
  }
  std::sort(merged.begin(), merged.end());
  Words expected = memory;
  std::copy(merged.begin(), merged.end(), expected.begin() + static_cast<std::ptrdiff_t>(o));
  return {memory, expected};
}

// A path of n directions from the root; what hangs off the path is trash.
TaskCase walk_bst(std::size_t n, Random& random) {
  std::size_t cells = 0;
  const Words nodes = places(n + 1, 3, n + 3, cells, random);
  const std::size_t out = cells++;
  Words memory = trash(cells + below(random, 3), random);
  memory[0] = nodes[0];
  memory[1] = out;
  for (std::size_t i = 0; i < n; ++i) {
    const Word direction = 1 + below(random, 2);
    memory[2 + i] = direction;
    memory[nodes[i] + direction] = nodes[i + 1];
  }
  memory[n + 2] = 0;
  Words expected = memory;
  expected[out] = memory[nodes[n]];
  return {memory, expected};
}

}  // namespace

TaskCase random_task_case(const std::string& task, std::size_t n, Random& random) {
  static const std::map<std::string, std::function<TaskCase(std::size_t, Random&)>> makers = {
      {"access", access},
      {"increment", increment},
      {"copy", [](std::size_t k, Random& r) { return copy_or_reverse(k, false, r); }},
      {"reverse", [](std::size_t k, Random& r) { return copy_or_reverse(k, true, r); }},
      {"swap", swap},
      {"permutation", permutation},
      {"list-k", [](std::size_t k, Random& r) { return list(k, false, r); }},
      {"list-search", [](std::size_t k, Random& r) { return list(k, true, r); }},
      {"merge", merge},
      {"walk-bst", walk_bst}};
  const auto maker = makers.find(task);
  if (maker == makers.end()) {
    throw std::out_of_range("no inputs for task " + task);
  }
  return maker->second(n, random);
}

}  // namespace nram::test
