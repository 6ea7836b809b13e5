#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nram/model-io/exporter.hpp>

namespace nram {

/// A situation that a run has met: the automaton's state and the mask of zero registers.
struct Visit {
  std::uint32_t state = 0;
  std::uint32_t mask = 0;

  friend auto operator<=>(const Visit&, const Visit&) = default;
};

/// Where a selector was least sure of what it chose.
struct WeakestChoice {
  double probability = 1.0;  ///< of the winner
  std::string winner;        ///< a source; for finish "stop" or "go on"
  Visit at;
};

/// How sure one selector is.
struct SelectorReport {
  std::string selector;                     ///< "ADD[1]", "r2" or "finish"
  WeakestChoice anywhere;                   ///< over all states and masks
  std::optional<WeakestChoice> on_visited;  ///< over what runs have met; nothing if unknown
};

/// How faithful a program is to the soft machine it was made from.
struct ExportReport {
  std::vector<SelectorReport> selectors;  ///< in the order of the controller's outputs
  std::size_t circuits = 0;
  std::size_t rules = 0;
  AutomatonSummary automaton;

  // Filled in by who can run the soft machine; shares of result cells that are right.
  std::optional<double> soft_accuracy{};
  std::optional<double> hard_accuracy{};
  /// The share of examples on which the hard machine stops by itself, within ten times their steps;
  /// where it does not, it is judged by what it has left then.
  std::optional<double> hard_stops{};
  /// The first step, counted from 1, after which the two differ on some example; nothing if unknown
  /// or never.
  std::optional<std::uint64_t> first_divergence{};
};

/// The report of an export. `visited` are situations met on examples, in any order, repeated or
/// not; empty if unknown. Throws Error(usage) if one is not of this program, Error(data) if the
/// controller's outputs are not numbers since its weights overflow.
/// O(states · 2^R · selectors).
ExportReport export_report(const Exported& exported, std::span<const Visit> visited = {});

/// The report as a JSON object over several lines; `null` for what is not known.
std::string to_json(const ExportReport& report);

}  // namespace nram
