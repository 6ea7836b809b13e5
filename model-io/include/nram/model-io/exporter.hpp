#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <nram/engine/program.hpp>
#include <nram/model-io/model.hpp>

namespace nram {

/// How to discretise a model; matters for recurrent controllers only.
struct ExportOptions {
  /// Controller states whose hidden and cell values all differ by no more than this are one.
  double merge_tolerance = 1e-3;
  /// More states than this are not looked for; then the tolerance is raised.
  std::size_t max_states = Program::max_states;
  /// The tolerance is raised up to this; equal to merge_tolerance (or below): not at all.
  double largest_tolerance = 1.0;
};

/// How a recurrent controller became an automaton; for a feed-forward one, a single exact state.
struct AutomatonSummary {
  std::size_t states_found = 1;     ///< reachable, after merging
  std::size_t states = 1;           ///< of the program: the smallest equivalent automaton
  double merge_tolerance = 0.0;     ///< the one that was used
  double largest_merge = 0.0;       ///< largest distance of two states that were taken for one
  std::uint64_t checked_steps = 0;  ///< steps under random masks compared with the live controller
  std::uint64_t disagreements = 0;  ///< how many of them chose another circuit or finish
};

/// A discretised model.
struct Exported {
  Program program;
  AutomatonSummary automaton;
  /// The probability of what each selector has chosen, or of finishing or going on, whichever is
  /// larger: [state][mask][selector], selectors in the order of the controller's outputs (module
  /// arguments, registers, finish). The smallest over the controller states that share a state.
  std::vector<float> confidence;

  /// Arguments + registers + 1.
  [[nodiscard]] std::size_t selectors() const {
    return program.machine().arguments() + program.machine().registers() + 1;
  }
};

/// Turns a model into a program: every selector takes its most probable source (the one with the
/// lowest index if there are several), every register is seen as its zero bit, and the run finishes
/// after a step whose willingness to finish is above 1/2. Equal circuits are shared, rules are
/// merged, the model's metadata is passed on.
///
/// For a feed-forward controller the program is exactly the hard machine: one state, 2^R masks.
///
/// The states of an LSTM are enumerated from zeros under all masks, breadth-first, merging those
/// that are closer than the tolerance, and the resulting automaton is minimised. It is compared
/// with the live LSTM on random sequences of masks. If there are too many states, the tolerance is
/// raised in steps of 4, and then only states that decide alike under every mask are merged; if
/// there are not but the comparison fails, it is lowered, in two steps of 10. The summary tells
/// which tolerance was used and how often the automaton disagrees with the LSTM: a program with
/// disagreements is an approximation, to be judged by its own tests. Since all
/// this is about what controllers do, the arguments of modules that do not matter (live_modules)
/// are r0 in programs made from an LSTM.
///
/// Throws Error(data) if the states do not close within `max_states` at any tolerance, or the
/// automaton is larger than a Program can be; Error(usage) if a tolerance is negative or not a
/// number. O(states · 2^R · (parameters + states · hidden)) for each tolerance tried, with another
/// factor of 2^R for raised ones.
Exported export_model(const Model& model, const ExportOptions& options = {});

/// The program of export_model, for those who want nothing else.
Program discretise(const Model& model, const ExportOptions& options = {});

}  // namespace nram
