#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include <nram/engine/equivalent_states.hpp>

namespace nram {
namespace {

using State = std::uint32_t;
using Block = std::uint32_t;

// Which states lead to a state under a mask.
class Predecessors {
 public:
  Predecessors(const std::vector<Transition>& table, std::uint32_t masks)
      : states_(table.size() / masks), begin_(table.size() + 1, 0) {
    for_each(table, masks, [&](std::size_t place, State) { ++begin_[place + 1]; });
    for (std::size_t i = 1; i < begin_.size(); ++i) {
      begin_[i] += begin_[i - 1];
    }
    from_.resize(begin_.back());
    std::vector<std::uint32_t> next = begin_;
    for_each(table, masks, [&](std::size_t place, State from) { from_[next[place]++] = from; });
  }

  template <typename Visit>
  void visit(State state, std::uint32_t mask, const Visit& visit) const {
    const std::size_t place = mask * states_ + state;
    for (std::uint32_t i = begin_[place]; i < begin_[place + 1]; ++i) {
      visit(from_[i]);
    }
  }

 private:
  template <typename Visit>
  void for_each(const std::vector<Transition>& table, std::uint32_t masks,
                const Visit& visit) const {
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (!table[i].finish) {
        visit((i % masks) * states_ + table[i].next_state, static_cast<State>(i / masks));
      }
    }
  }

  std::size_t states_;
  std::vector<std::uint32_t>
      begin_;  // by mask, then by the state that is led to; one more at the end
  std::vector<State> from_;
};

// States in blocks, which only ever become finer. Those of a block are neighbours in one array.
class Partition {
 public:
  explicit Partition(std::size_t states) : at_(states), place_(states), block_of_(states, 0) {
    for (std::size_t s = 0; s < states; ++s) {
      at_[s] = place_[s] = static_cast<State>(s);
    }
    blocks_.push_back({0, static_cast<std::uint32_t>(states), 0});
  }

  [[nodiscard]] std::size_t blocks() const { return blocks_.size(); }
  [[nodiscard]] Block block_of(State state) const { return block_of_[state]; }
  [[nodiscard]] std::vector<State> states_of(Block block) const {
    return {at_.begin() + blocks_[block].begin, at_.begin() + blocks_[block].end};
  }
  [[nodiscard]] std::size_t size_of(Block block) const {
    return blocks_[block].end - blocks_[block].begin;
  }

  // Those marked stand first in their block.
  void mark(State state) {
    const Block block = block_of_[state];
    const std::uint32_t first_unmarked = blocks_[block].begin + blocks_[block].marked;
    if (place_[state] < first_unmarked) {
      return;
    }
    if (blocks_[block].marked++ == 0) {
      touched_.push_back(block);
    }
    const State other = at_[first_unmarked];
    std::swap(at_[first_unmarked], at_[place_[state]]);
    std::swap(place_[other], place_[state]);
  }

  // Parts marked states from the others of their block; tells of each block that has come about,
  // and of which one.
  template <typename Tell>
  void split(const Tell& tell) {
    for (const Block block : touched_) {
      Extent& old = blocks_[block];
      const std::uint32_t marked = std::exchange(old.marked, 0);
      if (marked == old.end - old.begin) {
        continue;
      }
      const Extent parted{old.begin, old.begin + marked, 0};
      old.begin = parted.end;
      const auto made = static_cast<Block>(blocks_.size());
      blocks_.push_back(parted);  // `old` ends here
      for (std::uint32_t i = parted.begin; i < parted.end; ++i) {
        block_of_[at_[i]] = made;
      }
      tell(block, made);
    }
    touched_.clear();
  }

 private:
  struct Extent {
    std::uint32_t begin;
    std::uint32_t end;
    std::uint32_t marked;
  };
  std::vector<State> at_;             // states, block by block
  std::vector<std::uint32_t> place_;  // of a state in at_
  std::vector<Block> block_of_;       // of a state
  std::vector<Extent> blocks_;
  std::vector<Block> touched_;
};

// What a state does at once, apart from where that leads.
Partition by_what_they_do(const std::vector<Transition>& table, std::uint32_t masks) {
  using Does = std::vector<std::pair<std::uint32_t, bool>>;
  std::map<Does, std::vector<State>> alike;
  const auto states = static_cast<State>(table.size() / masks);
  for (State s = 0; s < states; ++s) {
    Does does;
    does.reserve(masks);
    for (std::uint32_t mask = 0; mask < masks; ++mask) {
      const Transition& transition = table[std::size_t{s} * masks + mask];
      does.emplace_back(transition.circuit, transition.finish);
    }
    alike[std::move(does)].push_back(s);
  }
  Partition partition(states);
  for (const auto& [does, group] : alike) {
    for (const State s : group) {
      partition.mark(s);
    }
    partition.split([](Block, Block) {});
  }
  return partition;
}

}  // namespace

std::vector<std::uint32_t> equivalent_states(const std::vector<Transition>& table,
                                             std::uint32_t masks,
                                             const std::function<void()>& poll) {
  const Predecessors predecessors(table, masks);
  Partition partition = by_what_they_do(table, masks);
  // Blocks that others are still to be parted by. Of the two that a block was parted into, the
  // smaller one is enough where all has been parted by the whole.
  std::vector<Block> open(partition.blocks());
  std::vector<bool> is_open(table.size() / masks, false);
  for (Block b = 0; b < open.size(); ++b) {
    open[b] = b;
    is_open[b] = true;
  }
  while (!open.empty()) {
    const Block by = open.back();
    open.pop_back();
    is_open[by] = false;
    const std::vector<State> states = partition.states_of(by);  // it may be parted by itself
    for (std::uint32_t mask = 0; mask < masks; ++mask) {
      if (poll) {
        poll();
      }
      for (const State state : states) {
        predecessors.visit(state, mask, [&](State from) { partition.mark(from); });
      }
      partition.split([&](Block old, Block made) {
        const Block next =
            is_open[old] || partition.size_of(made) <= partition.size_of(old) ? made : old;
        is_open[next] = true;
        open.push_back(next);
      });
    }
  }

  const std::size_t states = table.size() / masks;
  constexpr std::uint32_t unnumbered = ~std::uint32_t{0};
  std::vector<std::uint32_t> number(partition.blocks(), unnumbered);
  std::vector<std::uint32_t> classes;
  classes.reserve(states);
  std::uint32_t next = 0;
  for (State s = 0; s < states; ++s) {
    std::uint32_t& known = number[partition.block_of(s)];
    known = known == unnumbered ? next++ : known;
    classes.push_back(known);
  }
  return classes;
}

}  // namespace nram
