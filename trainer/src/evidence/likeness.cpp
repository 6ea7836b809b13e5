#include "evidence/likeness.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace nram {
namespace {

constexpr std::size_t zeros = 4;     // the first ones whose places matter
constexpr std::size_t segments = 3;  // the first runs of cells between zeros

}  // namespace

Likeness::Feature Likeness::as_feature(Word value) const {
  constexpr Feature most = Feature{1} << 60U;  // differences of differences fit, too
  return order_ == Order::signed_numbers
             ? std::clamp(static_cast<Feature>(value), -most, most)
             : static_cast<Feature>(std::min(value, static_cast<Word>(most)));
}

bool Likeness::all_sorted(std::span<const Word> cells, bool ascending) const {
  const auto place = [&](Word value) { return place_in(order_, value); };
  return ascending ? std::ranges::is_sorted(cells, std::less<>(), place)
                   : std::ranges::is_sorted(cells, std::greater<>(), place);
}

std::optional<std::vector<std::size_t>> chain_from(std::span<const Word> memory, std::size_t head) {
  std::vector<std::size_t> nodes;
  std::vector<bool> seen(memory.size());
  for (Word address = memory[head]; address != 0; address = memory[nodes.back()]) {
    if (address >= memory.size() || address == head || seen[address]) {
      return std::nullopt;
    }
    seen[address] = true;
    nodes.push_back(address);
  }
  return nodes;
}

Likeness::Likeness(std::span<const Example> examples) {
  std::size_t shortest = std::numeric_limits<std::size_t>::max();
  for (const Example& example : examples) {
    shortest = std::min(shortest, example.memory.size());
  }
  order_ = order_of(examples);
  const auto by_place = [&](Word a, Word b) { return place_in(order_, a) < place_in(order_, b); };
  for (std::size_t cell = 0; cell < std::min(parameters, shortest); ++cell) {
    Range range{examples.front().memory[cell], examples.front().memory[cell]};
    for (const Example& example : examples) {
      range.low = std::min(range.low, example.memory[cell], by_place);
      range.high = std::max(range.high, example.memory[cell], by_place);
    }
    ranges_.push_back(range);
  }
  find_chain(examples);
  std::vector<std::vector<Feature>> features;
  for (const Example& example : examples) {
    features.push_back(features_of(example));
  }
  find_relations(features);
  find_orders(examples);

  bool is_first = true;
  for (const Example& example : examples) {
    for (std::size_t cell = body_; cell < example.memory.size(); ++cell) {
      const Word value = example.memory[cell];
      if (value != 0) {
        smallest_value_ = is_first ? value : std::min(smallest_value_, value, by_place);
        largest_value_ = is_first ? value : std::max(largest_value_, value, by_place);
        is_first = false;
      }
    }
  }
}

// Number of cells, parameters, places of the first zeros, first and last cell that counts, how many
// do, and of a chain its nodes.
std::vector<Likeness::Feature> Likeness::features_of(const Example& example) const {
  const std::size_t cells = example.memory.size();
  std::vector<Feature> features{as_feature(cells)};
  for (std::size_t cell = 0; cell < ranges_.size(); ++cell) {
    features.push_back(as_feature(example.memory[cell]));
  }
  std::size_t place = 0;
  for (std::size_t zero = 0; zero < zeros; ++zero) {
    while (place < cells && example.memory[place] != 0) {
      ++place;
    }
    features.push_back(as_feature(place));
    place = std::min(place + 1, cells);
  }
  std::size_t first = cells;
  std::size_t last = 0;
  std::size_t count = 0;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    if (example.expected[cell]) {
      first = std::min(first, cell);
      last = cell;
      ++count;
    }
  }
  features.insert(features.end(), {as_feature(first), as_feature(last), as_feature(count)});
  if (chain_) {
    const auto nodes = chain_from(example.memory, chain_->head);
    features.push_back(nodes ? as_feature(nodes->size()) : 0);
  }
  return features;
}

void Likeness::find_relations(const std::vector<std::vector<Feature>>& features) {
  const std::size_t count = features.front().size();
  fixed_values_ = features.front();
  fixed_.assign(count, true);
  for (const auto& of_example : features) {
    for (std::size_t f = 0; f < count; ++f) {
      fixed_[f] = fixed_[f] && of_example[f] == fixed_values_[f];
    }
  }
  std::vector<bool> is_placed(count, false);  // a parameter that says where something is
  std::vector<Difference> varying;
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = 0; b < count; ++b) {
      Difference difference{a, b, std::numeric_limits<Feature>::max(), true};
      for (const auto& f : features) {
        difference.is_fixed = difference.is_fixed && f[a] - f[b] == features[0][a] - features[0][b];
        difference.least = std::min(difference.least, f[a] - f[b]);
      }
      if (a == b || (fixed_[a] && fixed_[b])) {
        continue;
      }
      if (difference.is_fixed) {
        is_placed[a] = is_placed[b] = true;
        if (a < b) {
          differences_.push_back(difference);
        }
        continue;
      }
      if (difference.least >= 0) {
        differences_.push_back(difference);
      }
      if (!fixed_[a] && !fixed_[b]) {
        varying.push_back(difference);
      }
    }
  }
  for (std::size_t i = 0; i < varying.size(); ++i) {
    for (std::size_t j = i + 1; j < varying.size(); ++j) {
      const auto& [a, b, least, fixed] = varying[i];
      const auto& [c, d, least2, fixed2] = varying[j];
      const Feature offset = features[0][a] - features[0][b] - features[0][c] + features[0][d];
      const bool holds =
          std::ranges::all_of(features, [&, a = a, b = b, c = c, d = d](const auto& f) {
            return f[a] - f[b] == f[c] - f[d] + offset;
          });
      if (holds) {
        equalities_.push_back({a, b, c, d, offset});
        is_placed[a] = is_placed[b] = is_placed[c] = is_placed[d] = true;
      }
    }
  }
  while (body_ < ranges_.size() && (fixed_[1 + body_] || is_placed[1 + body_])) {
    ++body_;
  }
}

// From the first zero or the beginning of the body to the next zero.
std::span<const Word> Likeness::segment(const Example& example, std::size_t number) const {
  const std::span<const Word> cells = example.memory;
  std::size_t begin = std::min(body_, cells.size());
  std::size_t end = begin;
  for (std::size_t i = 0; i <= number; ++i) {
    begin = i == 0 ? begin : std::min(end + 1, cells.size());
    end = begin;
    while (end < cells.size() && cells[end] != 0) {
      ++end;
    }
  }
  return cells.subspan(begin, end - begin);
}

void Likeness::find_orders(std::span<const Example> examples) {
  constexpr std::size_t enough = 6;  // neighbours that are in order
  orders_.assign(segments, Sorted::no);
  for (std::size_t number = 0; number < segments; ++number) {
    bool ascending = true;
    bool descending = true;
    std::size_t pairs = 0;
    for (const Example& example : examples) {
      const auto cells = segment(example, number);
      pairs += cells.empty() ? 0 : cells.size() - 1;
      ascending = ascending && all_sorted(cells, true);
      descending = descending && all_sorted(cells, false);
    }
    if (pairs >= enough && ascending != descending) {
      orders_[number] = ascending ? Sorted::ascending : Sorted::descending;
    }
  }
}

void Likeness::find_chain(std::span<const Example> examples) {
  for (std::size_t head = 0; head < ranges_.size(); ++head) {
    std::vector<std::size_t> nodes;
    std::size_t with_chain = 0;
    for (const Example& example : examples) {
      const auto chain = chain_from(example.memory, head);
      with_chain += chain ? 1 : 0;
      if (chain) {
        nodes.insert(nodes.end(), chain->begin(), chain->end());
      }
    }
    // By luck, chains are short.
    if (with_chain < examples.size() || 2 * nodes.size() < 3 * examples.size()) {
      continue;
    }
    const std::size_t first = *std::ranges::min_element(nodes);
    std::size_t stride = 0;
    for (const std::size_t node : nodes) {
      stride = std::gcd(stride, node - first);
    }
    chain_ = Chain{head, first, std::max<std::size_t>(stride, 1)};
    return;
  }
}

bool Likeness::admits(const Example& input) const {
  if (input.memory.size() < std::max<std::size_t>(ranges_.size(), 1)) {
    return false;
  }
  const std::vector<Feature> f = features_of(input);
  for (std::size_t i = 0; i < f.size(); ++i) {
    if (fixed_[i] && f[i] != fixed_values_[i]) {
      return false;
    }
  }
  const bool related =
      std::ranges::all_of(differences_,
                          [&](const Difference& d) {
                            const Feature difference = f[d.a] - f[d.b];
                            return d.is_fixed ? difference == d.least : difference >= d.least;
                          }) &&
      std::ranges::all_of(equalities_, [&](const Equality& e) {
        return f[e.a] - f[e.b] == f[e.c] - f[e.d] + e.offset;
      });
  if (!related) {
    return false;
  }
  for (std::size_t number = 0; number < segments; ++number) {
    if (orders_[number] != Sorted::no &&
        !all_sorted(segment(input, number), orders_[number] == Sorted::ascending)) {
      return false;
    }
  }
  if (!chain_) {
    return true;
  }
  const auto nodes = chain_from(input.memory, chain_->head);
  return nodes && std::ranges::all_of(*nodes, [&](std::size_t node) {
           // A node's cells are all there.
           return node >= chain_->first && (node - chain_->first) % chain_->stride == 0 &&
                  node + chain_->stride <= input.memory.size();
         });
}

}  // namespace nram
