#include "listing/structure.hpp"

#include "listing/regions.hpp"
#include "listing/tidy.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace nram::listings {
namespace {

constexpr std::size_t nowhere = ~std::size_t{0};
constexpr std::size_t exit_piece = 0;

// Where control is, apart from the statement itself.
struct Place {
  std::size_t following = nowhere;  // the piece that comes next without a word
  std::size_t header = nowhere;     // of the innermost loop
  std::size_t behind = nowhere;     // what follows that loop
};

// A piece that no statement leads to from here: it has to be a section.
struct Unreachable {
  std::size_t piece;
};

// Writes pieces as statements: an `if` for each branch, what both arms lead to behind it, a loop
// for each that is led back to.
class Structurer {
 public:
  Structurer(Expressions& expressions, const std::vector<Piece>& pieces, const Regions& regions)
      : expressions_(expressions), pieces_(pieces), regions_(regions) {}

  std::vector<Statement> section(std::size_t root) {
    std::vector<Statement> out;
    Place place;
    place.following = exit_piece;
    emit(root, place, out);
    return out;
  }

 private:
  using Statements = std::vector<Statement>;

  static Statement simple(Statement::Kind kind) {
    Statement statement;
    statement.kind = kind;
    return statement;
  }

  void emit(std::size_t piece, const Place& place, Statements& out) {
    if (regions_.is_header(piece)) {
      emit_loop(piece, place, out);
    } else {
      emit_piece(piece, place, out);
    }
  }

  // What comes behind a loop: where its test leads, or else the exit that is not the program's end.
  std::size_t choose_behind(std::size_t header, const Place& place) {
    const std::set<std::size_t>& loop = regions_.loop(header);
    std::set<std::size_t> exits;
    std::size_t of_header = nowhere;
    for (const std::size_t member : loop) {
      for (const std::size_t next : pieces_[member].next) {
        if (!loop.contains(next)) {
          exits.insert(next);
          of_header = member == header ? next : of_header;
        }
      }
    }
    const auto is_own = [&](std::size_t exit) {
      return exit != exit_piece && !regions_.is_root(exit) && !placed_.contains(exit) &&
             regions_.dominates(header, exit) && exit != place.following;
    };
    if (of_header != nowhere && is_own(of_header)) {
      return of_header;
    }
    // The one that most of the others lead to is the end of the loop, others are on the way there.
    std::size_t best = nowhere;
    for (const std::size_t exit : exits) {
      if (is_own(exit) && (best == nowhere || regions_.position(exit) > regions_.position(best))) {
        best = exit;
      }
    }
    if (best != nowhere && !exits.contains(place.following)) {
      return best;
    }
    if (exits.contains(place.following)) {
      return place.following;
    }
    return exits.contains(exit_piece) ? exit_piece : best;
  }

  void emit_loop(std::size_t header, const Place& place, Statements& out) {
    const std::size_t behind = choose_behind(header, place);
    const bool is_own = behind != nowhere && behind != exit_piece && behind != place.following;
    if (is_own) {
      placed_.insert(behind);
    }
    Statement loop = simple(Statement::Kind::loop);
    loop.round = round_of(expressions_, pieces_, regions_, header);
    Place inside;
    inside.following = header;
    inside.header = header;
    inside.behind = behind;
    emit_piece(header, inside, loop.body);
    out.push_back(std::move(loop));
    if (is_own) {
      emit(behind, place, out);
    } else if (behind == exit_piece) {
      go(exit_piece, nowhere, place, out);
    }
  }

  void emit_piece(std::size_t piece, const Place& place, Statements& out) {
    append_lines(piece, out);
    // Pieces that this one dominates and that several lead to come behind the branch, in order.
    std::vector<std::size_t> behind;
    for (const std::size_t child : regions_.children(piece)) {
      if (regions_.ways_into(child) > 1 && !placed_.contains(child)) {
        behind.push_back(child);
        placed_.insert(child);
      }
    }
    Place inner = place;
    inner.following = behind.empty() ? place.following : behind.front();
    const Piece& here = pieces_[piece];
    if (here.condition.empty()) {
      if (!here.next.empty()) {
        go(here.next[0], piece, inner, out);
      }
    } else {
      Statement branch = simple(Statement::Kind::branch);
      branch.condition = here.condition.front();
      go(here.next[0], piece, inner, branch.body);
      go(here.next[1], piece, inner, branch.otherwise);
      out.push_back(std::move(branch));
    }
    for (std::size_t i = 0; i < behind.size(); ++i) {
      inner.following = i + 1 < behind.size() ? behind[i + 1] : place.following;
      emit(behind[i], inner, out);
    }
  }

  void append_lines(std::size_t piece, Statements& out) {
    for (const Line& line : pieces_[piece].lines) {
      Statement statement = simple(Statement::Kind::line);
      statement.line = line;
      out.push_back(std::move(statement));
    }
  }

  // From piece `from` to `target`.
  void go(std::size_t target, std::size_t from, const Place& place, Statements& out) {
    if (target == place.following) {
      return;
    }
    if (target == place.header || target == place.behind) {
      out.push_back(
          simple(target == place.header ? Statement::Kind::again : Statement::Kind::leave));
    } else if (target == exit_piece) {
      out.push_back(simple(Statement::Kind::stop));
    } else if (regions_.is_root(target)) {
      Statement statement = simple(Statement::Kind::go);
      statement.section = target;
      out.push_back(std::move(statement));
    } else if (regions_.ways_into(target) == 1 && regions_.parent(target) == from &&
               !placed_.contains(target)) {
      emit(target, place, out);
    } else if (is_short(target)) {
      append_lines(target, out);
      go(pieces_[target].next[0], target, place, out);
    } else {
      throw Unreachable{target};
    }
  }

  // Short enough to stand in several places.
  [[nodiscard]] bool is_short(std::size_t piece) const {
    return pieces_[piece].lines.size() <= 1 && pieces_[piece].condition.empty() &&
           pieces_[piece].next.size() == 1 && pieces_[piece].next[0] == exit_piece;
  }

  Expressions& expressions_;
  const std::vector<Piece>& pieces_;
  const Regions& regions_;
  std::set<std::size_t> placed_;  // pieces that are written somewhere else
};

}  // namespace

Structure structure_of(Expressions& expressions, std::vector<Piece> pieces) {
  separate_inner_loops(pieces);
  std::vector<std::size_t> roots = {1};
  while (true) {
    const Regions regions(pieces, roots);
    if (const std::optional<std::size_t> root = regions.missing_root()) {
      roots.push_back(*root);
      continue;
    }
    try {
      Structurer structurer(expressions, pieces, regions);
      Structure structure;
      for (const std::size_t root : roots) {
        structure.sections.push_back(structurer.section(root));
      }
      std::map<std::size_t, std::size_t> number;
      for (std::size_t i = 0; i < roots.size(); ++i) {
        number[roots[i]] = i;
      }
      for (auto& section : structure.sections) {
        tidy(expressions, section, number);
      }
      return structure;
    } catch (const Unreachable& unreachable) {
      roots.push_back(unreachable.piece);
    }
  }
}

}  // namespace nram::listings
