#include "examples_needed.hpp"

#include <cstdio>
#include <optional>
#include <string>

#include <fmt/format.h>

namespace nram::bench {
namespace {

constexpr std::size_t times_as_long = 10;

void print_line(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

// Whether so many examples are enough; says how each run went.
bool is_enough(const std::string& task, std::size_t count, const NeedOptions& options) {
  const Source source(task);
  LearningOptions learning = options.learning;
  learning.examples = count;
  unsigned wrong = 0;
  for (unsigned i = 0; i < options.seeds && wrong <= options.wrong; ++i) {
    const std::uint64_t seed = options.first_seed + i;
    const LearningRun run = learn(source, learning, seed);
    const std::size_t elements = times_as_long * learning.longest;
    const std::size_t right = right_on(run.result.program, source, elements, elements);
    wrong += right == tested_inputs ? 0 : 1;
    print_line(fmt::format("{:<18} {:>4} examples, seed {:>3}: {:<12} {:>3} of {} right, {:.1f} s",
                           task, count, seed, name_of(run.result.report.assessment.grade), right,
                           tested_inputs, run.seconds));
  }
  return wrong <= options.wrong;
}

std::optional<std::size_t> needed(const std::string& task, const NeedOptions& options) {
  for (const std::size_t count : options.counts) {
    if (is_enough(task, count, options)) {
      return count;
    }
  }
  return std::nullopt;
}

}  // namespace

void print_needed(const std::vector<std::string>& tasks, const NeedOptions& options) {
  for (const std::string& task : tasks) {
    const std::optional<std::size_t> count = needed(task, options);
    print_line(fmt::format("{:<18} needs {} of up to {} elements", task,
                           count ? fmt::format("{} examples", *count)
                                 : fmt::format("more than {} examples", options.counts.back()),
                           options.learning.longest));
  }
}

}  // namespace nram::bench
