#pragma once

#include "line_reader.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <nram/model-io/example.hpp>
#include <nram/trainer/grade.hpp>

namespace nram::cli {

/// `train --ask`: where programs that fit the examples differ, somebody says what is meant.
class Asker {
 public:
  /// Answers are appended to the file, if one is named; if it does not exist yet, `examples` are
  /// written to it first. Throws Error(data) if there is a file and it holds something else.
  Asker(std::string file, std::vector<Example> examples);

  /// Shows the questions on standard error, one after the other, until one is answered on standard
  /// input: by the number of a result, or by the cells of the right one. The answer joins the
  /// examples. False if there is none: standard input has ended, somebody wants no more,
  /// or a signal has arrived.
  bool ask(const std::vector<Question>& questions);

  /// Those of the file, and the answers.
  [[nodiscard]] const std::vector<Example>& examples() const { return examples_; }
  [[nodiscard]] std::size_t answered() const { return answered_; }

 private:
  void keep(const Example& answer);

  std::string file_;
  std::vector<Example> examples_;
  std::size_t answered_ = 0;
  LineReader lines_;
};

}  // namespace nram::cli
