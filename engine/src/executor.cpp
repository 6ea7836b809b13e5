#include "executors.hpp"
#include "flow/optimise.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/executor.hpp>
#include <nram/engine/parallel.hpp>

namespace nram {

std::uint64_t default_step_limit(std::size_t cells) {
  constexpr std::uint64_t per_cell = 64;
  constexpr std::uint64_t constant = 65536;
  const bool overflows = cells > (std::numeric_limits<std::uint64_t>::max() - constant) / per_cell;
  return overflows ? std::numeric_limits<std::uint64_t>::max() : cells * per_cell + constant;
}

std::optional<Engine> engine_named(std::string_view name) {
  if (name == "reference") {
    return Engine::reference;
  }
  if (name == "interpreter") {
    return Engine::interpreter;
  }
  if (name == "jit") {
    return Engine::jit;
  }
  if (name == "auto") {
    return Engine::automatic;
  }
  return std::nullopt;
}

std::unique_ptr<Executor> make_executor(Engine engine, const Program& program,
                                        const OptimisationOptions& optimisations) {
  switch (engine) {
    case Engine::reference:
      return executors::make_reference(program);
    case Engine::interpreter:
      return executors::make_interpreter(program, optimisations);
    case Engine::jit:
      return executors::make_jit(program, optimisations);
    case Engine::automatic:
      return executors::make_tiered(program, optimisations);
  }
  throw Error(ErrorKind::usage, "no such engine");
}

bool executors::runs_as_written(const RunOptions& options) {
  return !options.registers.empty() || !options.modulus.contains(flow::smallest_modulus - 1);
}

void require_runnable(const Machine& machine, MemoryView memory, const RunOptions& options) {
  const Modulus modulus = options.modulus;
  if (memory.size() == 0) {
    throw Error(ErrorKind::data, "the memory has no cells");
  }
  if (!modulus.contains(memory.size() - 1)) {
    throw Error(
        ErrorKind::data,
        fmt::format("the memory has {} cells, more than the modulus {}; addresses would not "
                    "reach all of it",
                    memory.size(), modulus.to_string()));
  }
  if (!word_modulus(memory.type()).contains(modulus.largest())) {
    throw Error(ErrorKind::usage,
                fmt::format("the modulus {} is larger than a cell's 2^32; use 64-bit cells",
                            modulus.to_string()));
  }
  if (options.progress_interval == 0) {
    throw Error(ErrorKind::usage, "the progress interval must be at least 1 step");
  }
  if (!options.registers.empty() && options.registers.size() != machine.registers()) {
    throw Error(ErrorKind::data, fmt::format("{} initial registers were given, the machine has {}",
                                             options.registers.size(), machine.registers()));
  }
  for (std::size_t r = 0; r < options.registers.size(); ++r) {
    if (!modulus.contains(options.registers[r])) {
      throw Error(ErrorKind::data,
                  fmt::format("initial register r{} holds {}, which is not below the modulus {}", r,
                              options.registers[r], modulus.to_string()));
    }
  }
}

void Executor::run_rows(std::span<const MemoryView> memories, const RunOptions& options,
                        std::span<RunResult> results) const {
  for (std::size_t i = 0; i < memories.size(); ++i) {
    results[i] = run(memories[i], options);
  }
}

std::vector<RunResult> run_batch(const Executor& executor, std::span<const MemoryView> memories,
                                 const RunOptions& options) {
  // Enough rows at a time to interleave, but several times as many ranges as threads.
  constexpr std::size_t usual_grain = 256;
  const std::size_t grain =
      std::clamp<std::size_t>(memories.size() / (4 * parallel_threads()), 1, usual_grain);
  std::vector<RunResult> results(memories.size());
  parallel_ranges(memories.size(), grain, [&](std::size_t begin, std::size_t end) {
    executor.run_rows(memories.subspan(begin, end - begin), options,
                      std::span(results).subspan(begin, end - begin));
  });
  return results;
}

std::string describe_fault(const Machine& machine, const RunResult& result, std::size_t cells) {
  if (!result.fault) {
    throw Error(ErrorKind::usage, "describe_fault: this run had no fault");
  }
  std::string registers;
  for (std::size_t r = 0; r < result.registers.size(); ++r) {
    registers += fmt::format(" r{}={}", r, result.registers[r]);
  }
  return fmt::format("{} of address {} in step {} (memory has {} cells; registers{})",
                     machine.modules()[result.fault->module].name, result.fault->address,
                     result.steps + 1, cells, registers);
}

}  // namespace nram
