#pragma once

#include "listing/structure.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace nram::listings {

/// Which pieces come before which, whatever way a run takes, and which are loops. Ways into a root
/// count for nothing: they are jumps.
class Regions {
 public:
  Regions(const std::vector<Piece>& pieces, const std::vector<std::size_t>& roots);

  /// A piece that has to be a root as well: one that several roots lead to, or one of a loop that
  /// is entered in several places. Nothing if there is none.
  [[nodiscard]] std::optional<std::size_t> missing_root() const;

  [[nodiscard]] bool is_root(std::size_t piece) const { return roots_.contains(piece); }
  [[nodiscard]] bool is_header(std::size_t piece) const { return loops_.contains(piece); }
  /// The pieces of the loop of this header.
  [[nodiscard]] const std::set<std::size_t>& loop(std::size_t header) const {
    return loops_.at(header);
  }
  [[nodiscard]] bool dominates(std::size_t piece, std::size_t other) const;
  /// The piece that dominates this one and no other that does so, too.
  [[nodiscard]] std::size_t parent(std::size_t piece) const { return parent_[piece]; }
  /// In the order in which runs come to them.
  [[nodiscard]] const std::vector<std::size_t>& children(std::size_t piece) const {
    return children_[piece];
  }
  /// How many ways lead to a piece, without those back to a header.
  [[nodiscard]] std::size_t ways_into(std::size_t piece) const { return ways_[piece]; }
  [[nodiscard]] std::size_t position(std::size_t piece) const { return position_[piece]; }

 private:
  static constexpr std::size_t none = ~std::size_t{0};

  void find_order();
  void find_parents();
  void find_loops();
  [[nodiscard]] bool is_followed(std::size_t piece) const;

  const std::vector<Piece>& pieces_;
  std::set<std::size_t> roots_;
  std::vector<std::size_t> root_list_;
  std::vector<std::size_t> order_;     // every piece behind those that dominate it
  std::vector<std::size_t> position_;  // in order_
  std::vector<std::size_t> parent_;    // `none`: a root, or one that several roots lead to
  std::vector<std::vector<std::size_t>> children_;
  std::vector<std::size_t> ways_;
  std::map<std::size_t, std::set<std::size_t>> loops_;
  std::optional<std::size_t> irreducible_;
};

/// Gives a loop within a loop that begins at the same piece a piece of its own to begin at.
void separate_inner_loops(std::vector<Piece>& pieces);

/// What a round of the loop takes; nothing if there are loops in it.
std::optional<Round> round_of(const Expressions& expressions, const std::vector<Piece>& pieces,
                              const Regions& regions, std::size_t header);

}  // namespace nram::listings
