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

  /// Everything that is needed to go on bit-exactly from now or from the end of the latest unit.
  [[nodiscard]] virtual std::vector<std::uint8_t> save() const = 0;
};

/// The acceptance test of an attempt's program.
AcceptanceResult accept_program(const AttemptContext& context, std::uint64_t number,
                                const Program& program);

/// What a model says about where it comes from: task, arm, seed, number of the attempt, work done
/// and the settings that its arm goes by; and the arithmetic that the task's tests are for.
std::map<std::string, std::string> provenance(const AttemptContext& context, std::uint64_t number,
                                              Arm found_by, std::uint64_t work);

/// How an arm begins an attempt, and how it goes on from what save() said, as JSON. The latter
/// throws Error(data) or the JSON library's exceptions if that is damaged or of another machine,
/// task or settings.
using MakeAttempt = std::unique_ptr<Attempt> (*)(const AttemptContext&, std::uint64_t number);
using RestoreAttempt = std::unique_ptr<Attempt> (*)(const AttemptContext&, const Json& saved);

}  // namespace nram
