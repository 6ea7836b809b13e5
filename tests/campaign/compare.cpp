#include "compare.hpp"

#include "executors.hpp"

#include <memory>
#include <utility>

#include <oneapi/tbb/global_control.h>

#include <nram/engine/batch.hpp>

namespace nram::test {
namespace {

struct Candidate {
  std::string name;
  std::unique_ptr<Executor> executor;
};

std::vector<Candidate> candidates_for(const Trial& trial) {
  std::vector<Candidate> all;
  all.push_back({"interpreter", make_executor(Engine::interpreter, trial.program)});
  all.push_back({"interpreter, some passes",
                 make_executor(Engine::interpreter, trial.program, trial.passes)});
  if (jit_available()) {
    all.push_back({"jit", make_executor(Engine::jit, trial.program)});
    if (trial.takeover != 0) {
      all.push_back({"auto", executors::make_tiered(trial.program, {}, trial.takeover)});
      all.push_back({"jit, some passes", make_executor(Engine::jit, trial.program, trial.passes)});
    }
  }
  return all;
}

class Comparison {
 public:
  explicit Comparison(const Trial& trial) : trial_(trial) {
    const auto reference = make_executor(Engine::reference, trial.program);
    for (std::size_t i = 0; i < trial.memories.size(); ++i) {
      expected_.push_back(record_run(*reference, trial.run_case(i)));
    }
  }

  std::optional<Finding> alone(const Candidate& candidate, Speculation speculation) const {
    for (std::size_t i = 0; i < expected_.size(); ++i) {
      RunCase run_case = trial_.run_case(i);
      run_case.options.speculation = speculation;
      RunRecord record = record_run(*candidate.executor, run_case);
      if (record != expected_[i]) {
        return Finding{candidate.name, speculation, i, expected_[i], std::move(record)};
      }
    }
    return std::nullopt;
  }

  std::optional<Finding> together(const Candidate& candidate, Speculation speculation) const {
    return trial_.how.cells == CellType::u32 ? rows<std::uint32_t>(candidate, speculation)
                                             : rows<std::uint64_t>(candidate, speculation);
  }

 private:
  // As rows of one array, and as memories that happen to lie there.
  template <typename Cell>
  std::optional<Finding> rows(const Candidate& candidate, Speculation speculation) const {
    RunOptions options = trial_.how.options;
    options.speculation = speculation;
    const std::size_t cells = trial_.memories.front().size();
    std::vector<Cell> array;
    const auto fill = [&] {
      array.clear();
      for (const std::vector<Word>& memory : trial_.memories) {
        array.insert(array.end(), memory.begin(), memory.end());
      }
    };
    const auto differs = [&](const char* what, auto result_of) -> std::optional<Finding> {
      for (std::size_t i = 0; i < expected_.size(); ++i) {
        const auto* const first = array.data() + i * cells;
        RunRecord record{result_of(i), std::vector<Word>(first, first + cells), {}};
        if (record != expected_[i]) {
          return Finding{candidate.name + what, speculation, i, expected_[i], std::move(record)};
        }
      }
      return std::nullopt;
    };
    fill();
    const BatchResult batch = run_batch(*candidate.executor, MemoryRows(std::span(array), cells),
                                        options, KeepRegisters::of_all);
    if (auto finding = differs(", rows of an array", [&](auto i) { return batch.result(i); })) {
      return finding;
    }
    fill();
    std::vector<MemoryView> views;
    for (std::size_t i = 0; i < expected_.size(); ++i) {
      views.emplace_back(std::span<Cell>(array.data() + i * cells, cells));
    }
    const std::vector<RunResult> results = run_batch(*candidate.executor, views, options);
    return differs(", many memories", [&](auto i) { return results[i]; });
  }

  const Trial& trial_;
  std::vector<RunRecord> expected_;
};

}  // namespace

std::optional<Finding> compare_executors(const Trial& trial) {
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, trial.threads);
  const Comparison comparison(trial);
  for (const Candidate& candidate : candidates_for(trial)) {
    for (const Speculation speculation :
         {Speculation::worthwhile, Speculation::always, Speculation::never}) {
      if (auto finding = comparison.alone(candidate, speculation)) {
        return finding;
      }
      if (!trial.how.progress) {
        if (auto finding = comparison.together(candidate, speculation)) {
          return finding;
        }
      }
    }
  }
  return std::nullopt;
}

}  // namespace nram::test
