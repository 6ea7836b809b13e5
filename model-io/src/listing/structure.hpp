#pragma once

#include "listing/expressions.hpp"
#include "listing/schedule.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace nram::listings {

/// Lines that always follow each other, and where they lead. Piece 0 is the end of the run, piece 1
/// the start.
struct Piece {
  std::vector<Line> lines{};
  std::vector<Value> condition{};  ///< if there is one: to next[0] if it holds, else to next[1]
  std::vector<std::size_t> next{};
  std::size_t steps = 0;  ///< of the machine
};

/// From the fewest to the most in a round of a loop.
struct Range {
  std::size_t least = 0;
  std::size_t most = 0;
};

/// What a round of a loop without loops in it takes.
struct Round {
  Range steps;
  Range reads;  ///< of those that are written down
  Range writes;
};

struct Statement {
  enum class Kind : std::uint8_t {
    line,
    branch,  ///< `body` if the condition holds, else `otherwise`
    loop,    ///< `body` again and again
    while_loop,
    repeat,  ///< `body`, at least once, until the condition holds
    leave,   ///< the innermost loop ends
    again,   ///< the innermost loop's next round begins
    go,      ///< on at a section
    stop,
  };
  Kind kind = Kind::line;
  Line line{};
  Value condition = 0;
  std::vector<Statement> body{};
  std::vector<Statement> otherwise{};
  std::size_t section = 0;
  std::optional<Round> round{};
};

/// Sections of structured statements. The first is where the run begins; others are what `go` leads
/// to, and there are none where loops and branches are enough. At its end a section stops.
struct Structure {
  std::vector<std::vector<Statement>> sections{};
};

Structure structure_of(Expressions& expressions, std::vector<Piece> pieces);

}  // namespace nram::listings
