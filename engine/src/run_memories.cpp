#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/run_memories.hpp>

namespace nram {
namespace {

/// The memories as rows of one array, if that is what they are.
std::optional<MemoryRows> as_rows_of_array(std::span<const MemoryView> memories) {
  return std::visit(
      [&]<typename Cell>(std::span<Cell> first) -> std::optional<MemoryRows> {
        for (std::size_t i = 0; i < memories.size(); ++i) {
          const auto* const cells = std::get_if<std::span<Cell>>(&memories[i].cells());
          if (cells == nullptr || cells->size() != first.size() ||
              cells->data() != first.data() + i * first.size()) {
            return std::nullopt;
          }
        }
        return MemoryRows(std::span(first.data(), memories.size() * first.size()), first.size());
      },
      memories.front().cells());
}

/// Those that agree in modulus and step limit.
using Groups = std::map<std::pair<Word, std::uint64_t>, std::vector<std::size_t>>;

std::uint64_t step_limit_of(MemoryView memory, const MemoryRunOptions& options) {
  return options.step_limit != 0 ? options.step_limit : default_step_limit(memory.size());
}

RunOptions run_options(const MemoryRunOptions& options, Modulus modulus, std::uint64_t step_limit) {
  RunOptions run;
  run.modulus = modulus;
  run.step_limit = step_limit;
  run.registers = options.registers;
  run.progress_interval = options.progress_interval;
  run.speculation = options.speculation;
  if (options.on_progress) {
    run.on_progress = [&options, step_limit](std::uint64_t steps) {
      return options.on_progress(steps, step_limit);
    };
  }
  return run;
}

std::vector<RunResult> run_in_groups(const Executor& executor, std::span<const MemoryView> memories,
                                     std::span<const Modulus> moduli,
                                     const MemoryRunOptions& options) {
  Groups groups;
  for (std::size_t i = 0; i < memories.size(); ++i) {
    groups[{moduli[i].value(), step_limit_of(memories[i], options)}].push_back(i);
  }
  std::vector<RunResult> results(memories.size());
  for (const auto& [key, members] : groups) {
    std::vector<MemoryView> group;
    for (const std::size_t i : members) {
      group.push_back(memories[i]);
    }
    std::vector<RunResult> ended =
        run_batch(executor, group, run_options(options, moduli[members.front()], key.second));
    for (std::size_t k = 0; k < members.size(); ++k) {
      results[members[k]] = std::move(ended[k]);
    }
  }
  return results;
}

}  // namespace

std::optional<Modulus> MemoryRuns::common_modulus() const {
  const bool common =
      !moduli_.empty() &&
      std::all_of(moduli_.begin(), moduli_.end(), [&](Modulus m) { return m == moduli_.front(); });
  return common ? std::optional(moduli_.front()) : std::nullopt;
}

std::uint64_t MemoryRuns::steps() const {
  std::uint64_t sum = rows_ ? rows_->steps() : 0;
  for (const RunResult& result : single_) {
    sum += result.steps;
  }
  return sum;
}

std::uint64_t MemoryRuns::vectorised_steps() const {
  std::uint64_t sum = rows_ ? rows_->vectorised_steps() : 0;
  for (const RunResult& result : single_) {
    sum += result.vectorised_steps;
  }
  return sum;
}

std::size_t MemoryRuns::finished() const {
  const auto is_finished = [&](std::size_t i) { return outcome(i) == Outcome::finished; };
  if (rows_) {
    const auto others = rows_->unfinished();
    return rows_->size() - others.size() +
           static_cast<std::size_t>(std::count_if(others.begin(), others.end(), is_finished));
  }
  std::size_t count = 0;
  for (std::size_t i = 0; i < single_.size(); ++i) {
    count += is_finished(i) ? 1 : 0;
  }
  return count;
}

void MemoryRuns::run(const Executor& executor, std::span<const MemoryView> memories,
                     const MemoryRunOptions& options) {
  // A single memory has no rows to share among threads: it is shared itself.
  const auto array =
      memories.size() > 1 && common_modulus() ? as_rows_of_array(memories) : std::nullopt;
  const auto start = std::chrono::steady_clock::now();
  if (array) {
    const MemoryView first = memories.front();
    rows_ = run_batch(executor, *array,
                      run_options(options, moduli_.front(), step_limit_of(first, options)),
                      options.keep);
  } else {
    single_ = run_in_groups(executor, memories, moduli_, options);
  }
  seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

MemoryRuns run_memories(const Executor& executor, std::span<const MemoryView> memories,
                        std::vector<Modulus> moduli, const MemoryRunOptions& options) {
  if (moduli.size() != memories.size()) {
    throw Error(ErrorKind::usage, fmt::format("{} memories need as many moduli, not {}",
                                              memories.size(), moduli.size()));
  }
  MemoryRuns runs;
  runs.moduli_ = std::move(moduli);
  runs.step_limit_is_end_ = options.step_limit_is_end;
  runs.run(executor, memories, options);
  return runs;
}

}  // namespace nram
