#pragma once

// A machine with some of another one's modules: there is less to learn, and a step takes less time.

#include <vector>

#include <nram/engine/program.hpp>
#include <nram/trainer/random.hpp>

namespace nram {

/// Some of a machine's modules, in the same order.
class ModuleSubset {
 public:
  /// READ, INC, WRITE and custom modules, which somebody added for the task, are always among them;
  /// every other one with probability `share`, from 0 to 1.
  ModuleSubset(const Machine& machine, double share, Random& random);

  /// The machine that has these modules only.
  [[nodiscard]] const Machine& machine() const { return machine_; }

  /// The same program for the machine with all modules; the others do nothing in it.
  [[nodiscard]] Program widened(const Program& program) const;

 private:
  Machine full_;
  std::vector<unsigned> kept_;  // indices of modules of `full_`, ascending
  Machine machine_;
};

}  // namespace nram
