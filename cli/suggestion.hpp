#pragma once

#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nram::cli {

/// How many characters at least are inserted, left out, replaced or swapped with their neighbour to
/// make one text of the other; each character takes part in one such change. O(product of sizes).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// Those of the known names that somebody who typed this may have meant, at most three: equal but
/// for capitals and underscores, near by edit_distance (one change in three characters), or the
/// only one that begins like this.
std::vector<std::string> nearest(std::string_view typed, std::span<const std::string> known);

/// "; did you mean A?" or "; did you mean A or B?", to end a message with; empty if no known name
/// is near.
std::string did_you_mean(std::string_view typed, std::span<const std::string> known);

/// For names that are views or the fields of rows.
template <typename Rows, typename Name>
std::string did_you_mean_of(std::string_view typed, const Rows& rows, Name name) {
  std::vector<std::string> known;
  known.reserve(std::size(rows));
  for (const auto& row : rows) {
    known.emplace_back(name(row));
  }
  return did_you_mean(typed, known);
}

}  // namespace nram::cli
