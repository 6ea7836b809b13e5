#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace nram {

/// The ways to look for a program; an attempt is of one of them.
enum class Arm : std::uint8_t {
  gradient,   ///< gradient descent at the weights of a controller
  automaton,  ///< gradient descent at a differentiable automaton
  annealing,  ///< discrete search
  repair,     ///< discrete search from what an attempt by gradient ended with
  joint,      ///< the same, the soft model proposing some of the changes
};

/// "gradient", "automaton"...: how commands and files call it.
std::string_view name_of(Arm arm);

/// What an arm's work is counted in: "iterations" or "candidates".
std::string_view unit_of(Arm arm);

/// Where an attempt stands.
enum class AttemptStatus : std::uint8_t {
  running,    ///< goes on
  polishing,  ///< its program passed every test and is being made quicker and smaller
  solved,     ///< its program passed every test
  exhausted,  ///< used up its work without success
  diverged,   ///< cost or gradient was not a finite number; dropped
};

std::string_view name_of(AttemptStatus status);

/// How good a hard program is on held-out cases; larger is better, compared field by field.
struct Score {
  double accuracy = -1.0;  ///< share of result cells that are right; -1 = never tested
  double stops = 0.0;      ///< share of cases in which it finished by itself
  double clean = 0.0;      ///< share of cases in which no cell changed that is not a result

  friend auto operator<=>(const Score&, const Score&) = default;
};

/// How often the discrete search proposed one kind of change, and what became of it.
struct MoveCount {
  std::string_view name{};
  std::uint64_t proposed = 0;
  std::uint64_t accepted = 0;  ///< became the current candidate
  std::uint64_t improved = 0;  ///< and cost less than it
};

/// Numbers for a progress display and for comparing attempts.
struct AttemptProgress {
  std::uint64_t number = 0;
  AttemptStatus status = AttemptStatus::running;
  Arm arm = Arm::gradient;         ///< of a repair, `gradient` while that has its part
  std::uint64_t work = 0;          ///< done, in unit_of(arm)
  std::uint64_t work_limit = 0;    ///< of this attempt
  std::size_t level = 0;           ///< of the curriculum
  double cost = 0.0;               ///< the latest
  Score best{};                    ///< of this attempt, as a hard program
  std::vector<MoveCount> moves{};  ///< of this attempt; empty for arms by gradient

  /// Whether a program was found that passed every test.
  [[nodiscard]] bool is_solved() const {
    return status == AttemptStatus::solved || status == AttemptStatus::polishing;
  }
};

}  // namespace nram
