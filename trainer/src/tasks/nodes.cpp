// The three tasks over linked nodes. Layouts: machine.md, "The ten tasks".

#include "tasks/layout.hpp"

#include <algorithm>

namespace nram::tasks {
namespace {

// The cell for the result of a task: any from `first` on that belongs to no node. O(cells).
std::size_t free_cell(const std::vector<std::size_t>& blocks, std::size_t size, std::size_t first,
                      std::size_t cells, Random& random) {
  std::vector<bool> taken(cells, false);
  for (const std::size_t block : blocks) {
    for (std::size_t i = 0; i < size; ++i) {
      taken[block + i] = true;
    }
  }
  std::vector<std::size_t> free;
  for (std::size_t address = first; address < cells; ++address) {
    if (!taken[address]) {
      free.push_back(address);
    }
  }
  return free[random.below(free.size())];
}

struct List {
  std::vector<std::size_t> nodes;  // addresses, in list order
  std::vector<Word> values;
};

// head, x, out, nodes (next, value) at random places; leaves x to the caller.
List put_list(Layout& layout, const Draw& draw, Random& random) {
  constexpr std::size_t header = 3;
  // One cell more than the nodes need is the place of the result.
  List list{scatter(header, layout.cells() - 1, draw.n, 2, random), layout.values(draw.n)};
  layout.set(0, list.nodes.front());
  layout.set(2, free_cell(list.nodes, 2, header, layout.cells(), random));
  for (std::size_t i = 0; i < draw.n; ++i) {
    layout.set(list.nodes[i], i + 1 < draw.n ? list.nodes[i + 1] : 0);
    layout.set(list.nodes[i] + 1, list.values[i]);
  }
  return list;
}

}  // namespace

Example list_k(const Draw& draw, Random& random) {
  Layout layout(draw, random, 3 + 2 * draw.n + 1 + draw.slack);
  const List list = put_list(layout, draw, random);
  const std::size_t k = random.between(1, draw.n);
  layout.set(1, k);
  layout.expect(layout.get(2), list.values[k - 1]);
  return layout.take();
}

Example list_search(const Draw& draw, Random& random) {
  Layout layout(draw, random, 3 + 2 * draw.n + 1 + draw.slack);
  const List list = put_list(layout, draw, random);
  const Word wanted = list.values[random.below(draw.n)];
  const auto first = std::find(list.values.begin(), list.values.end(), wanted);
  layout.set(1, wanted);
  layout.expect(layout.get(2), list.nodes[static_cast<std::size_t>(first - list.values.begin())]);
  return layout.take();
}

Example walk_bst(const Draw& draw, Random& random) {
  constexpr std::size_t node_size = 3;
  constexpr Word left = 1;
  constexpr Word right = 2;
  // A walk of n steps visits n + 1 nodes; up to as many again hang beside it.
  const std::size_t visited = draw.n + 1;
  const std::size_t others = random.between(0, visited);
  const std::size_t header = 2 + draw.n + 1;
  // The last cell is always free, for the result.
  Layout layout(draw, random, header + node_size * (visited + others) + 1 + draw.slack);
  const std::vector<std::size_t> places =
      scatter(header, layout.cells() - 1, visited + others, node_size, random);
  const std::vector<Word> values = layout.values(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    layout.set(places[i], values[i]);
    layout.set(places[i] + left, 0);
    layout.set(places[i] + right, 0);
  }
  layout.set(0, places.front());
  for (std::size_t i = 0; i < draw.n; ++i) {
    const Word direction = random.between(left, right);
    layout.set(2 + i, direction);
    layout.set(places[i] + direction, places[i + 1]);
    if (i < others) {
      layout.set(places[i] + (left + right - direction), places[visited + i]);
    }
  }
  layout.set(2 + draw.n, 0);
  const std::size_t out = free_cell(places, node_size, header, layout.cells(), random);
  layout.set(1, out);
  layout.expect(out, values[draw.n]);
  return layout.take();
}

}  // namespace nram::tasks
