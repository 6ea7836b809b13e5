#include "discrete/proposals/soft_proposals.hpp"

#include "discrete/bits.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace nram::discrete {
namespace {

constexpr unsigned nothing = ~0U;

// An index by weight; the last one that has any should rounding leave nothing.
template <typename Weight>
unsigned pick(unsigned count, Random& random, const Weight& weight) {
  double total = 0.0;
  for (unsigned i = 0; i < count; ++i) {
    total += weight(i);
  }
  double left = random.uniform() * total;
  unsigned last = nothing;
  for (unsigned i = 0; i < count; ++i) {
    const double w = weight(i);
    if (w <= 0.0) {
      continue;
    }
    last = i;
    left -= w;
    if (left < 0.0) {
      break;
    }
  }
  return last;
}

}  // namespace

SoftProposals::SoftProposals(const Machine& machine, std::span<const float> logits,
                             const SoftProposalSettings& settings)
    : machine_(machine), sources_(machine) {
  const SelectorLayout layout(machine);
  first_.push_back(0);
  for (const auto* selectors : {&layout.arguments, &layout.registers}) {
    for (const Selector& selector : *selectors) {
      first_.push_back(first_.back() + selector.size);
    }
  }
  first_.push_back(first_.back() + 2);
  row_size_ = first_.back();
  for (unsigned row = 0; row < machine.masks(); ++row) {
    add_row(logits.subspan(std::size_t{row} * layout.outputs, layout.outputs), layout, settings);
  }
}

void SoftProposals::add_row(std::span<const float> logits, const SelectorLayout& layout,
                            const SoftProposalSettings& settings) {
  const std::size_t first = uncertainty_.size();
  std::vector<double> values;
  for (const auto* selectors : {&layout.arguments, &layout.registers}) {
    for (const Selector& selector : *selectors) {
      const auto own = logits.subspan(selector.first, selector.size);
      values.assign(own.begin(), own.end());
      add_selector(values, settings);
    }
  }
  values = {0.0, logits[layout.finish]};  // a sigmoid is a softmax with a 0 beside it
  add_selector(values, settings);
  double sum = 0.0;
  for (std::size_t i = first; i < uncertainty_.size(); ++i) {
    sum += uncertainty_[i];
  }
  row_weight_.push_back(sum);
}

void SoftProposals::add_selector(std::span<const double> logits,
                                 const SoftProposalSettings& settings) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  double plain = 0.0;
  double tempered = 0.0;
  for (const double logit : logits) {
    plain += std::exp(logit - largest);
    tempered += std::exp((logit - largest) / settings.temperature);
  }
  for (const double logit : logits) {
    probabilities_.push_back(std::exp((logit - largest) / settings.temperature) / tempered);
  }
  const double uncertainty = logits.size() > 1 ? 1.0 - 1.0 / plain : 0.0;
  uncertainty_.push_back(logits.size() > 1 ? std::max(uncertainty, settings.floor) : 0.0);
}

unsigned SoftProposals::pick_row(std::uint64_t visited, Random& random) const {
  const std::uint64_t rows = visited != 0 ? visited : ~std::uint64_t{0};
  return pick(machine_.masks(), random,
              [&](unsigned row) { return ((rows >> row) & 1U) != 0 ? row_weight_[row] : 0.0; });
}

unsigned SoftProposals::pick_selector(unsigned row, const Wiring& wiring, Random& random) const {
  const std::uint64_t live = sources_.live_modules(wiring);
  std::array<bool, max_arguments> is_used{};
  for_each_bit(live, [&](unsigned q) {
    for (unsigned i = 0; i < machine_.modules()[q].arity; ++i) {
      is_used[machine_.first_argument(q) + i] = true;
    }
  });
  return pick(selectors(), random, [&](unsigned selector) {
    const bool possible = selector >= machine_.arguments() || is_used[selector];
    return possible ? uncertainty(row, selector) : 0.0;
  });
}

unsigned SoftProposals::pick_choice(unsigned row, unsigned selector, unsigned except,
                                    Random& random) const {
  const auto probabilities = distribution(row, selector);
  return pick(size_of(selector), random,
              [&](unsigned choice) { return choice == except ? 0.0 : probabilities[choice]; });
}

// Of modules that are live, but not in `known`; those that become live by that come later, as they
// stand before.
void SoftProposals::draw_arguments(unsigned row, std::uint64_t known, Wiring& wiring,
                                   Random& random) const {
  for (auto q = static_cast<unsigned>(machine_.modules().size()); q-- > 0;) {
    const bool is_new = (((sources_.live_modules(wiring) & ~known) >> q) & 1U) != 0;
    for (unsigned i = 0; is_new && i < machine_.modules()[q].arity; ++i) {
      const unsigned selector = machine_.first_argument(q) + i;
      wiring.arguments[selector] =
          static_cast<std::uint8_t>(pick_choice(row, selector, nothing, random));
    }
  }
}

// Rows for which the choice is not meant get a copy of the circuit. False if there is no room.
bool SoftProposals::keep_for_others(Candidate& candidate, unsigned row, unsigned selector,
                                    unsigned choice, Random& random) const {
  const unsigned shared = candidate.circuit[row];
  const double here = distribution(row, selector)[choice];
  std::uint64_t others = 0;
  std::uint32_t used = 0;
  for (unsigned other = 0; other < machine_.masks(); ++other) {
    used |= 1U << candidate.circuit[other];
    if (other != row && candidate.circuit[other] == shared &&
        random.uniform() * here >= distribution(other, selector)[choice]) {
      others |= std::uint64_t{1} << other;
    }
  }
  if (others == 0) {
    return true;
  }
  const auto free = static_cast<unsigned>(std::countr_one(used));
  if (free >= max_circuits) {
    return false;
  }
  candidate.circuits[free] = candidate.circuits[shared];
  candidate.circuit_count = std::max(candidate.circuit_count, free + 1);
  for_each_bit(others,
               [&](unsigned other) { candidate.circuit[other] = static_cast<std::uint8_t>(free); });
  return true;
}

void SoftProposals::propose(Candidate& candidate, std::uint64_t visited, Random& random) const {
  const unsigned row = pick_row(visited, random);
  const unsigned selector =
      row == nothing ? nothing
                     : pick_selector(row, candidate.circuits[candidate.circuit[row]], random);
  if (selector == nothing) {
    return;  // the model is certain of everything, and there is no floor
  }
  if (selector == finish()) {
    candidate.finish[row] = !candidate.finish[row];
    return;
  }
  const auto source_of = [&](Wiring& wiring) -> std::uint8_t& {
    return selector < machine_.arguments() ? wiring.arguments[selector]
                                           : wiring.registers[selector - machine_.arguments()];
  };
  Wiring& wiring = candidate.circuits[candidate.circuit[row]];
  const unsigned choice = pick_choice(row, selector, source_of(wiring), random);
  if (choice == nothing || !keep_for_others(candidate, row, selector, choice, random)) {
    return;
  }
  const std::uint64_t known = sources_.live_modules(wiring);
  source_of(wiring) = static_cast<std::uint8_t>(choice);
  draw_arguments(row, known, wiring, random);
}

}  // namespace nram::discrete
