#include <nram/engine/first_difference.hpp>

namespace nram {
namespace {

Parting next_write(const ComparedRun& compared) {
  SteppedRun& run = compared.run;
  while (run.advance()) {
    const FollowedStep& step = run.step();
    if (compared.on_step) {
      compared.on_step(step);
    }
    const auto write = step.write(run.machine());
    if (write && write->changes()) {
      return {write, step.number};
    }
  }
  const RunResult& result = run.result();
  const bool ends = compared.step_limit_is_end && result.outcome == Outcome::step_limit;
  return {std::nullopt, result.steps, ends ? Outcome::finished : result.outcome};
}

}  // namespace

std::optional<RunDifference> first_difference(const ComparedRun& a, const ComparedRun& b) {
  RunDifference difference;
  while (true) {
    difference.a = next_write(a);
    difference.b = next_write(b);
    const auto& [write_of_a, step_of_a, end_of_a] = difference.a;
    const auto& [write_of_b, step_of_b, end_of_b] = difference.b;
    if (!write_of_a && !write_of_b) {
      return end_of_a == end_of_b ? std::nullopt : std::optional(difference);
    }
    if (write_of_a != write_of_b) {
      return difference;
    }
    ++difference.equal_writes;
  }
}

}  // namespace nram
