#pragma once

// One try at a task, from nothing.

#include "evaluation/acceptance.hpp"
#include "poll.hpp"
#include "storage/saved_state.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nram/engine/machine.hpp>
#include <nram/model-io/model.hpp>
#include <nram/trainer/progress.hpp>
#include <nram/trainer/settings.hpp>
#include <nram/trainer/task.hpp>
#include <nram/trainer/warm_start.hpp>

namespace nram {

/// What an attempt works on. The references must outlive it.
struct AttemptContext {
  const Task& task;
  std::vector<Module> modules;  ///< of the machine, in order; its registers are a setting
  const Settings& settings;
  Poll poll{};  ///< an attempt that it has cancelled is of no use any more
  const WarmStart* warm_start = nullptr;  ///< what to begin from; null for nothing
};

/// A training run is many numbered attempts; what an attempt computes depends on task, settings and
/// its number only.
class Attempt {
 public:
  virtual ~Attempt() = default;

  /// Works for about a TimeSlice and says how the attempt stands. What it computes does not depend
  /// on how long that was.
  virtual AttemptStatus advance() = 0;

  /// Whether a unit of its work has just been completed: what the portfolio counts, and what does
  /// not depend on the computer's speed. Always so at the start and at the end of an attempt.
  [[nodiscard]] virtual bool at_unit_end() const = 0;

  [[nodiscard]] virtual AttemptProgress progress() const = 0;

  /// The best model so far: the winner once solved.
  [[nodiscard]] virtual Model best() const = 0;

  /// Everything that is needed to go on bit-exactly from now or from the end of the latest unit, as
  /// CBOR.
  [[nodiscard]] virtual std::vector<std::uint8_t> save() const = 0;

  /// Goes on from what save() said, of an attempt of the same number; this one must not have
  /// advanced yet, and is of no use after an error. Throws Error(data) or the JSON library's
  /// exceptions if that is damaged or of another machine, task or settings.
  virtual void restore_from(const Json& saved) = 0;
};

/// The acceptance test of an attempt's program.
AcceptanceResult accept_program(const AttemptContext& context, std::uint64_t number,
                                const Program& program);

/// What an attempt that is not made of others saves first of all: its arm, its number and how it
/// stands.
Json saved_head(Arm arm, std::uint64_t number, AttemptStatus status);

/// What a model says about where it comes from: task, arm, seed, number of the attempt, work done
/// and the settings that its arm goes by; and the arithmetic that the task's tests are for.
std::map<std::string, std::string> provenance(const AttemptContext& context, std::uint64_t number,
                                              Arm found_by, std::uint64_t work);

/// How an arm begins an attempt.
using MakeAttempt = std::unique_ptr<Attempt> (*)(const AttemptContext&, std::uint64_t number);

}  // namespace nram
