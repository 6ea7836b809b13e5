#include "listing/regions.hpp"

#include <algorithm>
#include <utility>

namespace nram::listings {

Regions::Regions(const std::vector<Piece>& pieces, const std::vector<std::size_t>& roots)
    : pieces_(pieces),
      roots_(roots.begin(), roots.end()),
      root_list_(roots),
      position_(pieces.size(), none),
      parent_(pieces.size(), none),
      children_(pieces.size()),
      ways_(pieces.size(), 0) {
  find_order();
  find_parents();
  find_loops();
}

// The end of the run is no part of what is structured.
bool Regions::is_followed(std::size_t piece) const { return piece != 0 && !is_root(piece); }

void Regions::find_order() {
  std::vector<bool> seen(pieces_.size(), false);
  for (auto root = root_list_.rbegin(); root != root_list_.rend(); ++root) {
    std::vector<std::pair<std::size_t, std::size_t>> open = {{*root, 0}};
    seen[*root] = true;
    while (!open.empty()) {
      const std::size_t piece = open.back().first;
      const std::vector<std::size_t>& next = pieces_[piece].next;
      if (open.back().second == next.size()) {
        order_.push_back(piece);
        open.pop_back();
        continue;
      }
      const std::size_t target = next[open.back().second++];
      if (is_followed(target) && !seen[target]) {
        seen[target] = true;
        open.emplace_back(target, 0);
      }
    }
  }
  std::reverse(order_.begin(), order_.end());
  for (std::size_t i = 0; i < order_.size(); ++i) {
    position_[order_[i]] = i;
  }
}

void Regions::find_parents() {
  std::vector<std::vector<std::size_t>> before(pieces_.size());
  for (const std::size_t piece : order_) {
    for (const std::size_t next : pieces_[piece].next) {
      if (is_followed(next)) {
        before[next].push_back(piece);
      }
    }
  }
  // Of two pieces the one that dominates both; `none` if only the start of everything does.
  std::vector<bool> known(pieces_.size(), false);
  const auto common = [&](std::size_t a, std::size_t b) {
    while (a != b) {
      if (a == none || b == none) {
        return none;
      }
      (position_[a] > position_[b] ? a : b) = parent_[position_[a] > position_[b] ? a : b];
    }
    return a;
  };
  for (const std::size_t root : root_list_) {
    known[root] = true;
  }
  for (bool again = true; again;) {
    again = false;
    for (const std::size_t piece : order_) {
      if (is_root(piece)) {
        continue;
      }
      std::optional<std::size_t> parent;
      for (const std::size_t from : before[piece]) {
        if (known[from]) {
          parent = parent ? common(*parent, from) : from;
        }
      }
      if (parent && (!known[piece] || parent_[piece] != *parent)) {
        known[piece] = true;
        parent_[piece] = *parent;
        again = true;
      }
    }
  }
  for (const std::size_t piece : order_) {
    if (parent_[piece] != none) {
      children_[parent_[piece]].push_back(piece);
    }
  }
}

bool Regions::dominates(std::size_t piece, std::size_t other) const {
  while (other != none && other != piece) {
    other = parent_[other];
  }
  return other == piece;
}

void Regions::find_loops() {
  std::vector<std::vector<std::size_t>> before(pieces_.size());
  for (const std::size_t piece : order_) {
    for (const std::size_t next : pieces_[piece].next) {
      if (next != 0) {
        before[next].push_back(piece);
      }
    }
  }
  for (const std::size_t piece : order_) {
    for (const std::size_t next : pieces_[piece].next) {
      if (next == 0 || (is_root(next) && !dominates(next, piece))) {
        continue;
      }
      if (position_[next] > position_[piece]) {
        ++ways_[next];
        continue;
      }
      if (!dominates(next, piece)) {
        irreducible_ = next;
        continue;
      }
      std::set<std::size_t>& loop = loops_[next];
      loop.insert(next);
      std::vector<std::size_t> open = {piece};
      while (!open.empty()) {
        const std::size_t member = open.back();
        open.pop_back();
        if (loop.insert(member).second) {
          open.insert(open.end(), before[member].begin(), before[member].end());
        }
      }
    }
  }
}

std::optional<std::size_t> Regions::missing_root() const {
  if (irreducible_) {
    return irreducible_;
  }
  for (const std::size_t piece : order_) {
    if (!is_root(piece) && parent_[piece] == none) {
      return piece;
    }
  }
  return std::nullopt;
}

}  // namespace nram::listings
