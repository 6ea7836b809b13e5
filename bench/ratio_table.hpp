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
///
/// Where there is a counter bytes_per_element, a second table says what bandwidth that is, and
/// which share of the best that a subject whose name starts with "stream" reached with elements of
/// the same number.
class RatioTable : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

 private:
  [[nodiscard]] std::string bandwidths() const;
  [[nodiscard]] std::string header() const;

  std::vector<std::string> subjects_;    // with their size, in order of appearance
  std::vector<std::string> contenders_;  // likewise
  std::map<std::string, std::map<std::string, std::vector<double>>> seconds_;
  std::map<std::string, double> bytes_;  // of an element, by subject
};

}  // namespace nram::bench
