#pragma once

#include "modulus_option.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nram/engine/machine.hpp>
#include <nram/engine/meaning.hpp>
#include <nram/model-io/example_file.hpp>
#include <nram/trainer/builtin_tasks.hpp>

namespace nram::cli {

struct EvalCaseOptions {
  std::string task;
  std::string examples;  ///< a file; empty = draw from the task
  std::size_t length = 1000;
  std::size_t count = 100;
  std::uint64_t seed = 1;
  bool adversarial = false;
  bool reinterpret = false;  ///< values below 0 are bits of unsigned numbers
  ModulusOption modulus;
};

/// The test cases of `nram eval`, each made on demand: only as many as threads exist at a time.
class EvalCases {
 public:
  /// For a program of this machine and meaning. Reads the file, if there is one. Throws Error(usage
  /// | data), also if examples have values below 0 and the program compares unsigned numbers.
  EvalCases(const EvalCaseOptions& options, const Machine& machine, const Meaning& meaning,
            bool compares);

  [[nodiscard]] std::size_t size() const;
  /// Of a drawn case: its length.
  [[nodiscard]] std::size_t elements(std::size_t i) const;

  /// Case i depends on the seed and i alone.
  [[nodiscard]] TestCase make(std::size_t i) const;

  /// Whether cases are those of a file; otherwise they are drawn from a task.
  [[nodiscard]] bool is_file() const { return task_ == nullptr; }
  /// Of a file: its examples.
  [[nodiscard]] const std::vector<Example>& examples() const { return file_.examples; }
  /// Of a task: its name, and the least number of elements.
  [[nodiscard]] const std::string& task_name() const { return options_.task; }
  [[nodiscard]] std::size_t shortest() const { return task_->min_n(); }
  /// Of a task: case k of this length, with small values and few spare cells; for the same moduli
  /// as the others. Depends on the seed, n and k alone.
  [[nodiscard]] TestCase draw_small(std::size_t n, std::uint64_t k) const;

  /// What case i is, as a message about it begins: "mine.jsonl: line 3", or "example 3".
  [[nodiscard]] std::string where(std::size_t i) const;

  /// What is special about an adversarial case, as the beginning of a sentence; empty for others.
  [[nodiscard]] std::string describe(std::size_t i) const;

 private:
  void require_order(Order order) const;
  void require_values();
  [[nodiscard]] std::optional<Modulus> modulus_for(std::size_t cells) const;
  [[nodiscard]] Draw shape_of(std::size_t i, Random& random) const;

  EvalCaseOptions options_;
  const BuiltinTask* task_ = nullptr;
  ExampleFile file_{};
  ModulusRule rule_ = ModulusRule::word();
  bool one_modulus_ = false;  // for adversarial cases, too
  std::size_t moduli_ = 1;    // that each case is run with
};

}  // namespace nram::cli
