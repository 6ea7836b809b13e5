#pragma once

// One run of learning from few examples, with the questions that the trainer asks answered, and a
// test of what was learned on longer inputs.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nram/engine/program.hpp>
#include <nram/model-io/example.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/random.hpp>
#include <nram/trainer/settings.hpp>
#include <nram/trainer/train.hpp>

namespace nram::bench {

struct FileTask;

/// Where examples come from: a task of samples/tasks or a built-in one.
class Source {
 public:
  /// Throws Error(usage) if there is no task of this name.
  explicit Source(const std::string& name);

  [[nodiscard]] Example draw(std::size_t n, Random& random) const;
  [[nodiscard]] std::size_t smallest() const;
  /// Nothing if the memory is no input of the task, or nobody knows.
  [[nodiscard]] std::optional<Example> answer(const std::vector<Word>& memory) const;

 private:
  const BuiltinTask* builtin_;
  const FileTask* file_ = nullptr;
};

struct LearningOptions {
  std::size_t examples = 12;
  std::size_t longest = 5;  ///< elements; examples are of all lengths up to this
  unsigned questions = 3;   ///< answered, at most
  double time = 60.0;       ///< seconds
  /// Of the processor, shared out among the threads, instead of by the clock: the same on a machine
  /// that has other things to do.
  bool is_processor_time = false;
  unsigned threads = 2;
  double look_further = Settings{}.portfolio.look_further;
};

struct LearningRun {
  TrainResult result;
  unsigned answered = 0;
  double seconds = 0.0;  ///< as LearningOptions::time counts them
};

/// Learns from examples that the seed draws.
LearningRun learn(const Source& source, const LearningOptions& options, std::uint64_t seed);

/// Of 200 inputs with `from` to `to` elements, on how many the program is right and stops.
std::size_t right_on(const std::optional<Program>& program, const Source& source, std::size_t from,
                     std::size_t to);
constexpr std::size_t tested_inputs = 200;

}  // namespace nram::bench
