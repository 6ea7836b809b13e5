#pragma once

#include "output.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nram/engine/program.hpp>
#include <nram/engine/stepped_run.hpp>
#include <nram/model-io/likely_sources.hpp>

namespace nram::cli {

/// The soft machine in a step of a trace.
struct SoftRow {
  /// Of each register at the start of the step the likeliest values, with their probabilities.
  std::vector<std::vector<std::pair<Word, float>>> registers;
  std::vector<LikelySources> chosen;
  float finish = 0.0F;  ///< the willingness to finish after this step
};

/// A step as `nram run --trace` shows it.
struct TraceRow {
  FollowedStep step{};
  std::vector<LikelySources> chosen{};  ///< of a live model: how probable what it chose was
  float finish = 0.0F;                  ///< likewise: the probability of finishing
  std::optional<SoftRow> soft{};
};

/// What a row needs to be read: whose it is.
struct TraceView {
  Machine machine;
  Modulus modulus;
  const Program* program = nullptr;  ///< null for a live model

  /// A value of a cell or register as people read it.
  [[nodiscard]] std::string number(Word value) const;
  /// When the step's rule applies, or what a live controller saw: "r0=0 r1≠0".
  [[nodiscard]] std::string condition(const FollowedStep& step) const;
  /// "mem[4] 0 -> 7", or "mem[4] = 7" if it was that before.
  [[nodiscard]] std::string write_text(const MemoryAccess& write) const;
  [[nodiscard]] Json write_json(const MemoryAccess& write) const;
  [[nodiscard]] Json number_json(Word value) const;
};

/// A row as a JSON object.
Json trace_json(const TraceView& view, const TraceRow& row);

/// Rows as a table that is printed as it grows: some rows at a time, so that columns are as wide as
/// what is in them. A column that grows wider later gets a new heading.
class TraceTable {
 public:
  explicit TraceTable(TraceView view);

  /// Prints what has been added if it is enough for a part of the table.
  void add(const TraceRow& row);
  /// Prints the rest.
  void flush();

 private:
  struct Line {
    std::vector<std::string> cells;
    std::vector<std::string> notes;  ///< below it
  };

  TraceView view_;
  std::vector<std::string> titles_;
  std::vector<bool> is_number_;  // by column: flush right
  std::vector<std::size_t> widths_;
  std::vector<Line> lines_;
  bool headed_ = false;
};

}  // namespace nram::cli
