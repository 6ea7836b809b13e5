#include "suggestion.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace nram::cli {
namespace {

constexpr std::size_t longest_name = 40;  // what is longer was pasted, not typed

std::string normalised(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) {
    return c == '_' ? '-' : static_cast<char>(std::tolower(c));
  });
  return result;
}

// One in three characters, up to three.
std::size_t most_changes(std::size_t length) {
  constexpr std::size_t characters_a_change = 3;
  constexpr std::size_t most = 3;
  return std::min(length / characters_a_change, most);
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Row i: from the first i characters of a; three rows, as a swap looks two back.
  std::vector<std::size_t> two_back(b.size() + 1);
  std::vector<std::size_t> back(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    row[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    two_back.swap(back);
    back.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = back[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, back[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], two_back[j - 2] + 1);
      }
    }
  }
  return row.back();
}

std::vector<std::string> nearest(std::string_view typed, std::span<const std::string> known) {
  constexpr std::size_t most = 3;
  constexpr std::size_t shortest_beginning = 3;
  if (typed.empty() || typed.size() > longest_name) {
    return {};
  }
  const std::string wanted = normalised(typed);
  std::size_t least = most_changes(wanted.size());
  std::vector<std::string> near;
  std::vector<std::string> beginning;
  for (const std::string& name : known) {
    const std::string candidate = normalised(name);
    const std::size_t distance = edit_distance(wanted, candidate);
    if (distance < least) {
      near.clear();
    }
    if (distance <= least) {
      near.push_back(name);
      least = distance;
    }
    if (wanted.size() >= shortest_beginning && candidate.starts_with(wanted)) {
      beginning.push_back(name);
    }
  }
  if (near.empty() && beginning.size() == 1) {
    near = beginning;
  }
  near.resize(std::min(near.size(), most));
  return near;
}

std::string did_you_mean(std::string_view typed, std::span<const std::string> known) {
  const std::vector<std::string> near = nearest(typed, known);
  return near.empty() ? "" : fmt::format("; did you mean {}?", fmt::join(near, " or "));
}

}  // namespace nram::cli
