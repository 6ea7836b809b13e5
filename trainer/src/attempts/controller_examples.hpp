#pragma once

// The examples of an attempt at a controller: of the levels that its curriculum draws, which rises
// as the answers to them become right.

#include "attempts/attempt.hpp"
#include "attempts/curriculum.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

#include <nram/trainer/lane_batch.hpp>
#include <nram/trainer/soft_machine.hpp>

namespace nram {

class ControllerExamples {
 public:
  /// For programs of `machine`, drawn as the attempt's own settings say. What the context refers
  /// to, the settings and the machine must outlive this. Throws Error(usage) unless
  /// Settings::Optimizer::batch fills its lane groups.
  ControllerExamples(AttemptContext context, const Settings& settings, const Machine& machine);

  [[nodiscard]] const Curriculum& curriculum() const { return curriculum_; }

  /// A batch of fresh examples: each lane group of a level of its own.
  std::vector<LaneGroup> draw(Random& random);

  /// What learning from the batch drawn last has shown, in the iteration of this number: the level
  /// rises when the share of wrong cells at it has become small.
  void note(const CostResult& result, std::uint64_t iteration);

  /// As of Curriculum: which batch was drawn last is not saved.
  void save_to(Json& saved) const { curriculum_.save_to(saved); }
  void restore_from(const Json& saved, std::uint64_t iteration) {
    curriculum_.restore_from(saved, iteration);
  }

 private:
  AttemptContext context_;
  const Settings& settings_;
  const Machine& machine_;
  Curriculum curriculum_;
  std::vector<std::size_t> levels_;  // of the lane groups drawn last
};

}  // namespace nram
