#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <nram/engine/machine.hpp>
#include <nram/model-io/model.hpp>
#include <nram/trainer/evaluation.hpp>
#include <nram/trainer/settings.hpp>
#include <nram/trainer/task.hpp>

namespace nram {

/// Where an attempt stands.
enum class AttemptStatus : std::uint8_t {
  running,    ///< goes on
  solved,     ///< its hard program passed every test
  exhausted,  ///< used up its work without success
  diverged,   ///< cost or gradient was not a finite number; dropped
};

std::string_view name_of(AttemptStatus status);

/// How good a hard program is on held-out cases; larger is better, compared field by field.
struct Score {
  double accuracy = -1.0;  ///< share of result cells that are right; -1 = never tested
  double stops = 0.0;
  double clean = 0.0;

  friend auto operator<=>(const Score&, const Score&) = default;
};

/// Numbers for a progress display and for comparing attempts.
struct AttemptProgress {
  std::uint64_t number = 0;
  AttemptStatus status = AttemptStatus::running;
  std::string_view arm;          ///< "gradient", "repair", "joint", "search"
  std::uint64_t work = 0;        ///< iterations (gradient) or candidates (search) done
  std::uint64_t work_limit = 0;  ///< of this attempt
  std::size_t level = 0;         ///< of the curriculum
  double cost = 0.0;             ///< the latest
  Score best;                    ///< of this attempt, as a hard program
};

/// One try at a task, from nothing. A training run is many numbered attempts; what an attempt
/// computes depends on task, settings and its number only.
class Attempt {
 public:
  virtual ~Attempt() = default;

  /// Does the next portion of work, a fraction of a second's, and says how the attempt stands.
  virtual AttemptStatus advance() = 0;

  [[nodiscard]] virtual AttemptProgress progress() const = 0;

  /// The best model so far: the winner once solved.
  [[nodiscard]] virtual Model best() const = 0;

  /// Everything that is needed to go on bit-exactly; see restore_attempt.
  [[nodiscard]] virtual std::vector<std::uint8_t> save() const = 0;
};

/// What an attempt works on. The references must outlive it.
struct AttemptContext {
  const Task& task;
  std::vector<Module> modules;  ///< of the machine, in order; its registers are a setting
  const Settings& settings;
};

/// A fresh attempt. Its number modulo the number of streams is its stream; when both arms are
/// switched on, every second attempt of every fourth stream (0, 4, ...) is the gradient arm's and
/// all others are the search arm's. Throws Error(usage) if neither is.
std::unique_ptr<Attempt> make_attempt(const AttemptContext& context, std::uint64_t number);

/// The registers of an attempt's machine, of the gradient and repair arms: Settings::registers, or
/// a number from 3 to 5 that varies from attempt to attempt if that is 0.
unsigned registers_of(const Settings& settings, std::uint64_t number);

/// An attempt that goes on from what save() returned. Throws Error(data) if that is damaged or of
/// another machine, task or settings.
std::unique_ptr<Attempt> restore_attempt(const AttemptContext& context,
                                         const std::vector<std::uint8_t>& saved);

/// The controller that the settings ask for.
ControllerShape controller_of(const Settings& settings);

}  // namespace nram
