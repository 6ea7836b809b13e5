#pragma once

// A table at the end of a benchmark run: every contender beside the loop by hand.

#include <map>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

namespace nram::bench {

/// Prints what Google Benchmark prints, and at the end the table. Benchmarks are named
/// "subject/contender" and have a counter per_element, in seconds; of repetitions the median
/// counts. The contender "hand" is what the others are compared with.
class RatioTable : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

 private:
  std::vector<std::string> subjects_;    // with their size, in order of appearance
  std::vector<std::string> contenders_;  // likewise
  std::map<std::string, std::map<std::string, std::vector<double>>> seconds_;
};

}  // namespace nram::bench
