#pragma once

// The table of arms.

#include "attempts/attempt.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace nram {

/// One arm as data. To add one, add it to the enumeration, here, and to attempt_plan.cpp, which
/// says when its turn is.
struct ArmRow {
  Arm arm;
  std::string_view name;
  std::string_view unit;  ///< of work
  /// Whether what it does costs less the nearer it is to an end, so that promising attempts are
  /// worth more time than others.
  bool cost_is_promise;
  MakeAttempt make;
};

/// The row of an arm.
const ArmRow& row_of(Arm arm);

/// A fresh attempt: its number says, together with the settings, what it does. Throws Error(usage)
/// if no arm is switched on that could have a turn, Error(data) if the task sets more registers at
/// the start than a machine can have.
std::unique_ptr<Attempt> make_attempt(const AttemptContext& context, std::uint64_t number);

/// An attempt that goes on from what save() returned. Throws Error(data) if that is damaged, of an
/// unknown arm, or of another machine, task or settings.
std::unique_ptr<Attempt> restore_attempt(const AttemptContext& context,
                                         const std::vector<std::uint8_t>& saved);

/// The same of what these bytes encode.
std::unique_ptr<Attempt> restore_attempt(const AttemptContext& context, const Json& json);

}  // namespace nram
