// What belongs to loops: one within another that begins at the same piece, and what a round takes.

#include "listing/regions.hpp"

#include <algorithm>
#include <limits>

namespace nram::listings {
namespace {

using Loop = std::set<std::size_t>;

// The pieces from the header to this one, from which it is led back.
Loop loop_of(const std::vector<std::vector<std::size_t>>& before, std::size_t header,
             std::size_t latch) {
  Loop loop = {header};
  std::vector<std::size_t> open = {latch};
  while (!open.empty()) {
    const std::size_t member = open.back();
    open.pop_back();
    if (loop.insert(member).second) {
      open.insert(open.end(), before[member].begin(), before[member].end());
    }
  }
  return loop;
}

void lead(Piece& piece, std::size_t from, std::size_t to) {
  std::replace(piece.next.begin(), piece.next.end(), from, to);
}

// Splits a header of nested loops; true if there was one.
bool separate_one(std::vector<Piece>& pieces) {
  const Regions regions(pieces, {1});
  std::vector<std::vector<std::size_t>> before(pieces.size());
  for (std::size_t piece = 1; piece < pieces.size(); ++piece) {
    for (const std::size_t next : pieces[piece].next) {
      before[next].push_back(piece);
    }
  }
  for (std::size_t header = 2; header < pieces.size(); ++header) {
    if (!regions.is_header(header)) {
      continue;
    }
    std::vector<std::pair<std::size_t, Loop>> latches;
    std::size_t smallest = 0;
    for (const std::size_t from : before[header]) {
      if (regions.dominates(header, from)) {
        latches.emplace_back(from, loop_of(before, header, from));
        if (latches.back().second.size() < latches[smallest].second.size()) {
          smallest = latches.size() - 1;
        }
      }
    }
    const Loop inner = latches[smallest].second;
    const auto contains = [](const Loop& outer, const Loop& other) {
      return std::includes(outer.begin(), outer.end(), other.begin(), other.end());
    };
    bool is_nested = true;
    std::set<std::size_t> inner_latches;
    for (const auto& [latch, loop] : latches) {
      if (contains(inner, loop)) {
        inner_latches.insert(latch);
      } else {
        is_nested = is_nested && contains(loop, inner);
      }
    }
    if (!is_nested || inner_latches.size() == latches.size()) {
      continue;
    }
    const std::size_t outer = pieces.size();
    for (const std::size_t from : before[header]) {
      if (!inner_latches.contains(from)) {
        lead(pieces[from], header, outer);
      }
    }
    pieces.push_back({{}, {}, {header}, 0});
    return true;
  }
  return false;
}

std::size_t loads_in(const Expressions& expressions, Value value) {
  const Expression& expression = expressions[value];
  return (expression.kind == Kind::load ? 1 : 0) +
         (expression.operands() > 0 ? loads_in(expressions, expression.a) : 0) +
         (expression.operands() > 1 ? loads_in(expressions, expression.b) : 0);
}

struct Cost {
  std::size_t steps = 0;
  std::size_t reads = 0;
  std::size_t writes = 0;
};

Cost cost_of(const Expressions& expressions, const Piece& piece) {
  Cost cost;
  cost.steps = piece.steps;
  for (const Line& line : piece.lines) {
    for (const Value value : line.values) {
      cost.reads += loads_in(expressions, value);
    }
    if (line.variables.empty()) {
      ++cost.writes;
      cost.reads += loads_in(expressions, line.address);
    }
  }
  for (const Value condition : piece.condition) {
    cost.reads += loads_in(expressions, condition);
  }
  return cost;
}

void widen(Range& range, const Range& other) {
  range.least = std::min(range.least, other.least);
  range.most = std::max(range.most, other.most);
}

void widen(Round& round, const Round& other) {
  widen(round.steps, other.steps);
  widen(round.reads, other.reads);
  widen(round.writes, other.writes);
}

void extend(Round& round, const Cost& cost) {
  const auto add = [](Range& range, std::size_t more) {
    range.least += more;
    range.most += more;
  };
  add(round.steps, cost.steps);
  add(round.reads, cost.reads);
  add(round.writes, cost.writes);
}

}  // namespace

void separate_inner_loops(std::vector<Piece>& pieces) {
  const std::size_t most = 2 * pieces.size() + 1;
  while (pieces.size() < most && separate_one(pieces)) {
  }
}

std::optional<Round> round_of(const Expressions& expressions, const std::vector<Piece>& pieces,
                              const Regions& regions, std::size_t header) {
  const Loop& loop = regions.loop(header);
  std::vector<std::size_t> order(loop.begin(), loop.end());
  std::ranges::sort(order, {}, [&](std::size_t piece) { return regions.position(piece); });
  std::map<std::size_t, Round> at = {{header, Round{}}};  // before each piece
  std::optional<Round> whole;
  for (const std::size_t piece : order) {
    if (piece != header && regions.is_header(piece)) {
      return std::nullopt;
    }
    Round behind = at.at(piece);
    extend(behind, cost_of(expressions, pieces[piece]));
    for (const std::size_t next : pieces[piece].next) {
      if (next == header) {
        whole = whole.value_or(behind);
        widen(*whole, behind);
      } else if (loop.contains(next)) {
        widen(at.try_emplace(next, behind).first->second, behind);
      }
    }
  }
  return whole;
}

}  // namespace nram::listings
