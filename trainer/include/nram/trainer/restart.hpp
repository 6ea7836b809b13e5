#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <nram/engine/machine.hpp>
#include <nram/model-io/model.hpp>
#include <nram/trainer/evaluation.hpp>
#include <nram/trainer/settings.hpp>
#include <nram/trainer/task.hpp>

namespace nram {

/// Where a restart stands.
enum class RestartStatus : std::uint8_t {
  training,   ///< goes on
  solved,     ///< its hard program passed every test
  exhausted,  ///< ran out of iterations
  diverged,   ///< cost or gradient was not a finite number; dropped
};

std::string_view name_of(RestartStatus status);

/// How good a hard program is on held-out cases; larger is better, compared field by field.
struct Score {
  double accuracy = -1.0;  ///< share of result cells that are right; -1 = never tested
  double stops = 0.0;
  double clean = 0.0;

  friend auto operator<=>(const Score&, const Score&) = default;
};

/// Numbers for a progress display.
struct RestartProgress {
  std::uint64_t restart = 0;
  std::uint64_t iteration = 0;
  std::size_t level = 0;
  double cost = 0.0;
  double soft_error = 1.0;  ///< share of wrong cells at the current level, smoothed
  Score best;               ///< of this restart
};

/// Everything a restart needs to go on bit-exactly.
struct RestartState {
  std::uint64_t restart = 0;
  RestartStatus status = RestartStatus::training;
  std::uint64_t iteration = 0;
  std::size_t level = 0;
  double cost = 0.0;
  double soft_error = 1.0;
  std::vector<float> parameters;
  std::vector<float> adam_first;   ///< first moments
  std::vector<float> adam_second;  ///< second moments
  std::array<std::uint64_t, 4> random{};
  Score best;
  std::vector<float> best_parameters;  ///< empty until the first hard test

  friend bool operator==(const RestartState&, const RestartState&) = default;
};

/// One attempt from fresh random weights: gradient descent with a curriculum, the current model
/// discretised every so often and tested as a hard program on held-out examples.
///
/// What it computes depends on task, settings and its number only.
class Restart {
 public:
  /// `task` and `settings` must outlive the restart.
  Restart(const Task& task, const Machine& machine, const Settings& settings, std::uint64_t number);
  /// Goes on from a state; throws Error(data) if it does not fit machine and settings.
  Restart(const Task& task, const Machine& machine, const Settings& settings, RestartState state);
  ~Restart();
  Restart(Restart&&) noexcept;
  Restart& operator=(Restart&&) = delete;

  /// Trains until the next hard test has been made (or the restart ends), and says how it stands.
  RestartStatus advance();

  [[nodiscard]] const RestartState& state() const;
  [[nodiscard]] RestartProgress progress() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The controller that the settings ask for.
ControllerShape controller_of(const Settings& settings);

}  // namespace nram
