// The six tasks over arrays. Layouts: machine.md, "The ten tasks".

#include "tasks/layout.hpp"

#include <algorithm>
#include <numeric>

namespace nram::tasks {
namespace {

void put(Layout& layout, std::size_t address, const std::vector<Word>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    layout.set(address + i, values[i]);
  }
}

void expect(Layout& layout, std::size_t address, const std::vector<Word>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    layout.expect(address + i, values[i]);
  }
}

// p, A, NULL, then room for a result of the same length: where the result goes.
std::size_t choose_destination(std::size_t n, std::size_t cells, Random& random) {
  const std::size_t first = n + 2;
  const std::size_t last = cells - n;
  // The two ends are the traps (right behind the array; p + n = M), so they come up often.
  return random.chance(0.4) ? (random.chance(0.5) ? first : last) : random.between(first, last);
}

}  // namespace

Example access(const Draw& draw, Random& random) {
  Layout layout(draw, random, 1 + draw.n + draw.slack);
  const std::size_t k = random.below(draw.n);
  const std::vector<Word> values = layout.values(draw.n);
  layout.set(0, k);
  put(layout, 1, values);
  layout.expect(0, values[k]);
  return layout.take();
}

Example increment(const Draw& draw, Random& random) {
  Layout layout(draw, random, draw.n + 1 + draw.slack);
  std::vector<Word> values = layout.values(draw.n);
  put(layout, 0, values);
  layout.set(draw.n, 0);
  for (Word& value : values) {
    value = layout.modulus().inc(value);
  }
  expect(layout, 0, values);
  return layout.take();
}

Example copy(const Draw& draw, Random& random) {
  Layout layout(draw, random, 2 * draw.n + 2 + draw.slack);
  const std::vector<Word> values = layout.values(draw.n);
  const std::size_t p = choose_destination(draw.n, layout.cells(), random);
  layout.set(0, p);
  put(layout, 1, values);
  layout.set(draw.n + 1, 0);
  expect(layout, p, values);
  return layout.take();
}

Example reverse(const Draw& draw, Random& random) {
  Layout layout(draw, random, 2 * draw.n + 2 + draw.slack);
  std::vector<Word> values = layout.values(draw.n);
  const std::size_t p = choose_destination(draw.n, layout.cells(), random);
  layout.set(0, p);
  put(layout, 1, values);
  layout.set(draw.n + 1, 0);
  std::reverse(values.begin(), values.end());
  expect(layout, p, values);
  return layout.take();
}

Example swap(const Draw& draw, Random& random) {
  Layout layout(draw, random, 3 + draw.n + draw.slack);
  const std::vector<Word> values = layout.values(draw.n);
  const std::size_t p = random.below(draw.n);
  const std::size_t q = random.below(draw.n);
  layout.set(0, 2 + p);
  layout.set(1, 2 + q);
  put(layout, 2, values);
  layout.set(2 + draw.n, 0);
  layout.expect(2 + p, values[q]);
  layout.expect(2 + q, values[p]);
  return layout.take();
}

Example permutation(const Draw& draw, Random& random) {
  Layout layout(draw, random, 1 + 2 * draw.n + draw.slack);
  std::vector<Word> permutation(draw.n);
  std::iota(permutation.begin(), permutation.end(), Word{0});
  if (draw.values == ValuePattern::descending) {
    std::reverse(permutation.begin(), permutation.end());
  } else if (draw.values != ValuePattern::ascending) {
    random.shuffle(std::span(permutation));
  }
  const std::vector<Word> values = layout.values(draw.n);
  layout.set(0, draw.n + 1);
  put(layout, 1, permutation);
  put(layout, 1 + draw.n, values);
  for (std::size_t i = 0; i < draw.n; ++i) {
    layout.expect(1 + i, values[permutation[i]]);
  }
  return layout.take();
}

Example merge(const Draw& draw, Random& random) {
  const std::size_t n = std::max<std::size_t>(draw.n, 2);  // neither part is empty
  Layout layout(draw, random, 3 + 2 * n + 2 + draw.slack);
  // The pattern says which side runs out first and how they interleave.
  const std::size_t first_length =
      draw.values == ValuePattern::random ? random.between(1, n - 1) : (n + 1) / 2;
  std::vector<Word> all = layout.values(n);
  std::vector<Word> a(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(first_length));
  std::vector<Word> b(all.begin() + static_cast<std::ptrdiff_t>(first_length), all.end());
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  std::sort(all.begin(), all.end());
  const std::size_t start_b = 3 + a.size() + 1;
  const std::size_t result = start_b + b.size() + 1 + random.between(0, draw.slack);
  layout.set(0, 3);
  layout.set(1, start_b);
  layout.set(2, result);
  put(layout, 3, a);
  layout.set(start_b - 1, 0);
  put(layout, start_b, b);
  layout.set(start_b + b.size(), 0);
  expect(layout, result, all);
  return layout.take();
}

}  // namespace nram::tasks
