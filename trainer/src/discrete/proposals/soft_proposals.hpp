#pragma once

// Changes to a table that a trained soft model thinks likely: its probabilities as the proposal
// distribution of the search that repairs its program.

#include "discrete/source_analysis.hpp"

#include <cstddef>
#include <span>
#include <vector>

#include <nram/model-io/model.hpp>
#include <nram/trainer/random.hpp>

namespace nram::discrete {

struct SoftProposalSettings {
  double temperature = 2.0;  ///< above 1, alternatives that the model thinks unlikely come up more
  double floor = 0.02;       ///< uncertainty that every selector has at least
};

/// For every row of a table, and for every module argument, every register and finishing, how
/// likely the model finds each choice. Immutable.
class SoftProposals {
 public:
  /// `logits` are those of the controller under every zero-mask, one mask after the other, each in
  /// the order of SelectorLayout. The machine must outlive this.
  SoftProposals(const Machine& machine, std::span<const float> logits,
                const SoftProposalSettings& settings = {});

  /// Another choice for one selector of a row whose bit in `visited` is set (any row if none is):
  /// row and selector with a probability that grows with the model's uncertainty, 1 less the
  /// largest probability; the alternative by its probability. Only arguments of modules that are
  /// used come into question. Where the new choice is a module that has not been used so far, its
  /// arguments are drawn as well.
  ///
  /// Other rows that share the circuit come along where the model finds the choice as likely there,
  /// or else with a probability that shrinks with it; those that do not keep the circuit as it was.
  /// Nothing changes if there is no room for one more circuit.
  void propose(Candidate& candidate, std::uint64_t visited, Random& random) const;

  /// The tempered distribution of a selector: arguments first, then registers, last finishing
  /// (going on, finishing).
  [[nodiscard]] std::span<const double> distribution(unsigned row, unsigned selector) const {
    return std::span(probabilities_)
        .subspan(row * std::size_t{row_size_} + first_[selector], size_of(selector));
  }
  /// What a selector weighs when one is chosen.
  [[nodiscard]] double uncertainty(unsigned row, unsigned selector) const {
    return uncertainty_[row * std::size_t{selectors()} + selector];
  }
  [[nodiscard]] unsigned selectors() const { return static_cast<unsigned>(first_.size()) - 1; }

 private:
  [[nodiscard]] unsigned size_of(unsigned selector) const {
    return first_[selector + 1] - first_[selector];
  }
  [[nodiscard]] unsigned finish() const { return selectors() - 1; }
  void add_row(std::span<const float> logits, const SelectorLayout& layout,
               const SoftProposalSettings& settings);
  void add_selector(std::span<const double> logits, const SoftProposalSettings& settings);
  unsigned pick_row(std::uint64_t visited, Random& random) const;
  unsigned pick_selector(unsigned row, const Wiring& wiring, Random& random) const;
  unsigned pick_choice(unsigned row, unsigned selector, unsigned except, Random& random) const;
  void draw_arguments(unsigned row, std::uint64_t known, Wiring& wiring, Random& random) const;
  bool keep_for_others(Candidate& candidate, unsigned row, unsigned selector, unsigned choice,
                       Random& random) const;

  const Machine& machine_;
  SourceAnalysis sources_;
  std::vector<unsigned> first_;        // of each selector in a row, and the end
  unsigned row_size_ = 0;              // choices of all selectors
  std::vector<double> probabilities_;  // by row, then choice
  std::vector<double> uncertainty_;    // by row, then selector
  std::vector<double> row_weight_;     // the sum of its uncertainties
};

}  // namespace nram::discrete
