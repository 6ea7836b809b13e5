#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <nram/engine/program.hpp>

namespace nram {

/// The optimisation passes. All keep every observable of a run: outcome, steps, registers, state,
/// memory and fault. See passes() for what each does.
enum class Pass : std::uint8_t {
  facts,
  specialise,
  fold,
  common,
  idle_writes,
  checks,
  dead,
  successors,
  merge,
};

struct PassInfo {
  Pass pass;
  std::string_view name;     ///< as `--without` spells it
  std::string_view summary;  ///< one line
};

/// All passes in the order in which they run.
std::span<const PassInfo> passes();

/// Which passes run; all unless said otherwise.
class OptimisationOptions {
 public:
  /// No pass at all.
  static OptimisationOptions none() { return OptimisationOptions(0); }
  OptimisationOptions() : OptimisationOptions(~std::uint32_t{0}) {}

  [[nodiscard]] bool enabled(Pass pass) const { return ((enabled_ >> bit(pass)) & 1U) != 0; }
  OptimisationOptions& enable(Pass pass) { return enabled_ |= 1U << bit(pass), *this; }
  OptimisationOptions& disable(Pass pass) { return enabled_ &= ~(1U << bit(pass)), *this; }

 private:
  explicit OptimisationOptions(std::uint32_t enabled) : enabled_(enabled) {}
  static unsigned bit(Pass pass) { return static_cast<unsigned>(pass); }

  std::uint32_t enabled_;
};

/// What the optimiser makes of a program: its size, and a listing a person can read.
struct OptimisedText {
  std::size_t blocks = 0;        ///< distinct kinds of step
  std::size_t instructions = 0;  ///< in all of them
  std::string listing;
};

/// The program as executors see it after these passes. With `every_address_exists` (modulus
/// `cells`) no address needs a check.
OptimisedText optimised_text(const Program& program, const OptimisationOptions& options,
                             bool every_address_exists);

}  // namespace nram
