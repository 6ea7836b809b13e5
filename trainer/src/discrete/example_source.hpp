#pragma once

// The examples that an attempt of the search learns from.

#include "discrete/cost/example_batch.hpp"
#include "search_plan.hpp"

#include <vector>

#include <nram/trainer/random.hpp>
#include <nram/trainer/task.hpp>

namespace nram {

class SearchExamples {
 public:
  static constexpr std::size_t pack_count = discrete::max_packs;
  static constexpr std::size_t count = pack_count * discrete::lanes;

  /// The task and the plan must outlive this.
  SearchExamples(const Task& task, const SearchPlan& plan) : task_(task), plan_(plan) {}

  /// `count` examples of all levels, as many of the easier and harder ones as planned. Throws
  /// Error(data) if the task has too few that are small enough.
  [[nodiscard]] std::vector<TestCase> draw(Random& random) const;

  /// `count` examples in lanes; sorts them, those that are quicker to run first.
  [[nodiscard]] std::vector<discrete::Pack> pack(std::vector<TestCase>& examples) const;

 private:
  const Task& task_;
  const SearchPlan& plan_;
};

}  // namespace nram
