#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <nram/engine/error.hpp>
#include <nram/engine/program.hpp>
#include <nram/model-io/model.hpp>
#include <nram/model-io/verify.hpp>

namespace nram {

/// How to discretise a model; matters for recurrent controllers only.
struct ExportOptions {
  /// Controller states whose hidden and cell values all differ by no more than this, and that
  /// decide alike under every mask, are one.
  double merge_tolerance = 1e-3;
  /// More states than this are not looked for; nor more than a Program can have.
  std::size_t max_states = Program::max_states;
  /// In how many random steps the automaton must do what the live controller does.
  std::uint64_t checked_steps = 32768;
  /// Runs in which it must, too: those that live_masks has seen on examples, say.
  std::vector<MaskRun> runs{};
  /// Called before every step of a recurrent controller; may throw to give up, as enumerating the
  /// states of a large one takes long. Empty: never.
  std::function<void()> poll{};
};

/// How a recurrent controller became an automaton; for a feed-forward one, a single exact state.
struct AutomatonSummary {
  std::size_t states_found = 1;  ///< reachable, after merging
  std::size_t states = 1;        ///< of the program: the smallest equivalent automaton
  /// The one that was used; infinity if behaviour alone told states apart.
  double merge_tolerance = 0.0;
  double largest_merge = 0.0;       ///< largest distance of two states that were taken for one
  std::size_t experiments = 0;      ///< sequences of masks that tell states apart
  std::uint64_t checked_steps = 0;  ///< in which automaton and live controller did the same
};

/// Why an LSTM has no program: an Error(data) whose text says all of it for a person.
class NotFinite : public Error {
 public:
  NotFinite(const std::string& message, std::size_t states_seen, double tolerance,
            Verification verification)
      : Error(ErrorKind::data, message),
        states_seen_(states_seen),
        tolerance_(tolerance),
        verification_(std::move(verification)) {}

  /// Different controller states that were found before the search gave up.
  [[nodiscard]] std::size_t states_seen() const noexcept { return states_seen_; }
  /// ExportOptions::merge_tolerance.
  [[nodiscard]] double tolerance() const noexcept { return tolerance_; }
  /// Of the best automaton, with its first disagreement; neither steps nor one if there is none.
  [[nodiscard]] const Verification& verification() const noexcept { return verification_; }

 private:
  std::size_t states_seen_;
  double tolerance_;
  Verification verification_;
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
/// The states of an LSTM are enumerated from zeros under all masks, breadth-first; those that are
/// closer than the tolerance and decide alike under every mask (of very many masks, 64) are one. If
/// they close, the automaton is compared with the live LSTM (ExportOptions::runs, then random ones,
/// see verify.hpp). If they do not, or it fails, states are told apart by behaviour alone, however
/// close they are: at first by what they decide under each mask, then by longer experiments, one
/// for every disagreement that the comparison finds, until it finds none. The result is minimised.
/// Since all this is about what controllers do, the arguments of modules that do not matter
/// (live_modules) are r0 in programs made from an LSTM.
///
/// Throws NotFinite if more than `max_states` states are found, or if some 128 · max_states steps
/// of the LSTM do not suffice to find an automaton that passes the comparison; Error(data) if the
/// program is larger than one can be; Error(usage) if the tolerance is negative or not a number.
/// O(2^R · parameters) for a feed-forward controller; O(max_states · parameters + max_states² ·
/// hidden) at most for an LSTM, besides its comparisons.
Exported export_model(const Model& model, const ExportOptions& options = {});

/// A program for those who judge it by tests of their own, as training does: that of export_model,
/// checked in at most 4,096 random steps, or, if there is none, of the automaton that agrees
/// longest with the LSTM. Throws as export_model does, NotFinite only if no automaton was found at
/// all.
Program discretise(const Model& model, const ExportOptions& options = {});

}  // namespace nram
