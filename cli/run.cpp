#include "engine_option.hpp"
#include "interrupt.hpp"
#include "modulus_option.hpp"
#include "number.hpp"
#include "output.hpp"
#include "pass_option.hpp"
#include "progress.hpp"
#include "runnable.hpp"
#include "threads.hpp"
#include "verbs.hpp"

#include <chrono>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/batch.hpp>
#include <nram/engine/error.hpp>
#include <nram/model-io/array_file.hpp>
#include <nram/model-io/memory_io.hpp>

namespace nram::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct RunCommand {
  std::string program;
  std::string input;
  std::string output;
  bool in_place = false;
  bool keep_unfinished = false;
  ModulusOption modulus;
  EngineOption engine;
  LiveOption live;
  PassOption passes;
  bool no_speculate = false;
  unsigned threads = 0;
  std::uint64_t steps = 0;
  std::vector<Word> registers;
  bool json = false;
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string row_name(const RunCommand& line, std::size_t row, std::size_t rows) {
  const std::string name = line.input == "-" ? "standard input" : line.input;
  return rows == 1 ? name : fmt::format("{}: memory {}", name, row);
}

/// Whether no value of a memory is too large to be one of its addresses.
bool values_are_addresses(MemoryView memory) {
  return std::visit(
      [](auto cells) {
        for (const auto value : cells) {
          if (value >= cells.size()) {
            return false;
          }
        }
        return true;
      },
      memory.cells());
}

/// The modulus of each memory. Without --modulus it is `cells` for all or `word` for all.
std::vector<Modulus> choose_moduli(const RunCommand& line, const std::vector<MemoryView>& rows) {
  bool word = false;
  if (line.modulus.is_default()) {
    for (const MemoryView row : rows) {
      word = word || !values_are_addresses(row);
    }
  }
  std::vector<Modulus> moduli;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const MemoryView row = rows[r];
    moduli.push_back(word ? word_modulus(row.type())
                          : line.modulus.resolve(row.size(), row.type()));
    require_values_below(row, moduli.back(), row_name(line, r, rows.size()));
  }
  return moduli;
}

/// The memories as rows of one array, if that is what they are.
std::optional<MemoryRows> as_rows_of_array(const std::vector<MemoryView>& rows) {
  return std::visit(
      [&]<typename Cell>(std::span<Cell> first) -> std::optional<MemoryRows> {
        for (std::size_t r = 0; r < rows.size(); ++r) {
          const auto* const cells = std::get_if<std::span<Cell>>(&rows[r].cells());
          if (cells == nullptr || cells->size() != first.size() ||
              cells->data() != first.data() + r * first.size()) {
            return std::nullopt;
          }
        }
        return MemoryRows(std::span(first.data(), rows.size() * first.size()), first.size());
      },
      rows.front().cells());
}

/// All results of a run, in the order of the memories: of the rows of an array as a batch, of other
/// memories one by one.
struct Batch {
  std::vector<Modulus> moduli;
  std::optional<BatchResult> rows{};
  std::vector<RunResult> results{};
  double seconds = 0.0;  ///< execution alone

  [[nodiscard]] std::size_t size() const { return moduli.size(); }
  [[nodiscard]] Outcome outcome(std::size_t r) const {
    return rows ? (*rows)[r].outcome : results[r].outcome;
  }
  [[nodiscard]] RunResult result(std::size_t r) const {
    return rows ? rows->result(r) : results[r];
  }
  [[nodiscard]] std::uint64_t steps() const {
    std::uint64_t sum = rows ? rows->steps() : 0;
    for (const RunResult& result : results) {
      sum += result.steps;
    }
    return sum;
  }
  [[nodiscard]] std::uint64_t vectorised_steps() const {
    std::uint64_t sum = rows ? rows->vectorised_steps() : 0;
    for (const RunResult& result : results) {
      sum += result.vectorised_steps;
    }
    return sum;
  }
  [[nodiscard]] std::size_t finished() const {
    std::size_t count = 0;
    for (std::size_t r = 0; r < size(); ++r) {
      count += outcome(r) == Outcome::finished ? 1 : 0;
    }
    return count;
  }
};

std::uint64_t step_limit(const RunCommand& line, MemoryView memory) {
  return line.steps != 0 ? line.steps : default_step_limit(memory.size());
}

/// Memories of a text may differ in length, and with it in modulus and step limit; those that do
/// not run together.
void run_in_groups(const RunCommand& line, const Executor& executor,
                   const std::vector<MemoryView>& rows, RunOptions& options, Batch& batch) {
  std::map<std::pair<Word, std::uint64_t>, std::vector<std::size_t>> groups;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    groups[{batch.moduli[r].value(), step_limit(line, rows[r])}].push_back(r);
  }
  batch.results.resize(rows.size());
  for (const auto& [key, members] : groups) {
    options.modulus = batch.moduli[members.front()];
    options.step_limit = key.second;
    std::vector<MemoryView> views;
    for (const std::size_t r : members) {
      views.push_back(rows[r]);
    }
    std::vector<RunResult> results = run_batch(executor, views, options);
    for (std::size_t i = 0; i < members.size(); ++i) {
      batch.results[members[i]] = std::move(results[i]);
    }
  }
}

Batch execute(const RunCommand& line, const Runnable& runnable,
              const std::vector<MemoryView>& rows) {
  const Executor& executor = *runnable.executor;
  Batch batch{choose_moduli(line, rows)};
  const auto array = rows.size() > 1 ? as_rows_of_array(rows) : std::nullopt;
  stop_if_interrupted();

  const ThreadLimit limit(line.threads);
  ProgressLine progress;
  const auto start = Clock::now();
  RunOptions options;
  options.registers = line.registers;
  options.speculation = line.no_speculate ? Speculation::never : Speculation::worthwhile;
  options.progress_interval = runnable.progress_interval();
  options.on_progress = [&](std::uint64_t steps) {
    if (progress.due()) {
      const double seconds = seconds_since(start);
      progress.show(fmt::format(
          "{:.0f} million steps; the limit of {:.0f} million is {} away",
          static_cast<double>(steps) / 1e6, static_cast<double>(options.step_limit) / 1e6,
          time_left(static_cast<double>(steps), static_cast<double>(options.step_limit), seconds)));
    }
    return !interrupted();
  };
  if (array) {
    options.modulus = batch.moduli.front();
    options.step_limit = step_limit(line, rows.front());
    batch.rows = run_batch(executor, *array, options);
  } else {
    run_in_groups(line, executor, rows, options, batch);
  }
  batch.seconds = seconds_since(start);
  stop_if_interrupted();
  return batch;
}

/// Why a memory has no result; nothing if it has one.
std::optional<std::string> reason(const Machine& machine, const RunResult& result,
                                  MemoryView memory) {
  switch (result.outcome) {
    case Outcome::address_fault:
      return describe_fault(machine, result, memory.size());
    case Outcome::step_limit:
      return fmt::format("did not finish after {} steps", result.steps);
    default:
      return std::nullopt;
  }
}

void complain_about_failures(const RunCommand& line, const Machine& machine, const Batch& batch,
                             const std::vector<MemoryView>& rows) {
  constexpr std::size_t most = 10;
  std::size_t shown = 0;
  for (std::size_t r = 0; r < rows.size() && shown < most; ++r) {
    if (batch.outcome(r) == Outcome::finished) {
      continue;
    }
    if (const auto why = reason(machine, batch.result(r), rows[r])) {
      complain(fmt::format("{}: {}", row_name(line, r, rows.size()), *why));
      ++shown;
    }
  }
  const std::size_t failures = rows.size() - batch.finished();
  if (failures > shown) {
    complain(fmt::format("and {} more of {} memories", failures - shown, rows.size()));
  }
  if (line.in_place) {
    complain(fmt::format("{} holds what the program left there", line.input));
  } else if (!line.keep_unfinished) {
    complain("no output was written (--keep-unfinished writes it all the same)");
  }
}

Json to_json(Modulus modulus) {
  // 2^64 does not fit a JSON integer as libraries read them, but a double holds it exactly.
  return modulus.value() != 0 ? Json(modulus.value()) : Json(std::ldexp(1.0, 64));
}

/// The modulus of all memories; "cells" if it differs from memory to memory.
template <typename Text>
auto common_modulus(const Batch& batch, Text text) -> decltype(text(batch.moduli.front())) {
  for (const Modulus modulus : batch.moduli) {
    if (modulus != batch.moduli.front()) {
      return "cells";
    }
  }
  return text(batch.moduli.front());
}

Json report(const RunCommand& line, const Runnable& runnable, const Batch& batch,
            const std::vector<MemoryView>& rows, unsigned threads) {
  const Machine& machine = runnable.executor->machine();
  std::size_t cells = 0;
  Json failures = Json::array();
  for (std::size_t r = 0; r < rows.size(); ++r) {
    cells += rows[r].size();
    if (batch.outcome(r) == Outcome::finished) {
      continue;
    }
    if (const auto why = reason(machine, batch.result(r), rows[r])) {
      failures.push_back({{"memory", r}, {"reason", *why}});
    }
  }
  Json report{{"finished", batch.finished() == rows.size()},
              {"steps", batch.steps()},
              {"vectorised_steps", batch.vectorised_steps()},
              {"seconds", batch.seconds},
              {"steps_per_second", static_cast<double>(batch.steps()) / batch.seconds},
              {"engine", runnable.executor->name()},
              {"controller", runnable.controller},
              {"threads", threads},
              {"modulus", common_modulus(batch, to_json)},
              {"cells", cells},
              {"rows", rows.size()}};
  if (rows.size() == 1) {
    report["registers"] = batch.result(0).registers;
  }
  if (!failures.empty()) {
    report["failures"] = std::move(failures);
  }
  report["output"] = line.in_place ? line.input : line.output;
  return report;
}

/// Runs, writes with `write` what is to be written, and reports.
template <typename Write>
ExitCode run_and_report(const RunCommand& line, const Runnable& runnable,
                        const std::vector<MemoryView>& rows, Write write) {
  const Batch batch = execute(line, runnable, rows);
  const bool finished = batch.finished() == rows.size();
  if (finished || line.keep_unfinished || line.in_place) {
    write();
  }
  if (!finished) {
    complain_about_failures(line, runnable.executor->machine(), batch, rows);
  }
  if (line.json) {
    const ThreadLimit limit(line.threads);
    // A single memory is shared by threads only in vectorised loops.
    const bool alone = rows.size() == 1 && (line.no_speculate || runnable.live());
    const unsigned threads = alone ? 1 : ThreadLimit::in_force();
    print_report(report(line, runnable, batch, rows, threads));
  } else if (finished) {
    const double millions = static_cast<double>(batch.steps()) / batch.seconds / 1e6;
    complain(fmt::format(
        "{} steps in {:.3g} s ({} million a second), modulus {}", batch.steps(), batch.seconds,
        millions < 10 ? fmt::format("{:.2g}", millions) : fmt::format("{:.0f}", millions),
        common_modulus(batch, [](Modulus m) { return m.to_string(); })));
  }
  return finished ? ExitCode::done : ExitCode::failed;
}

ExitCode run(const RunCommand& line) {
  if (line.json && line.output == "-") {
    throw Error(ErrorKind::usage, "--json and -o - both want the standard output");
  }
  if (line.in_place && line.input == "-") {
    throw Error(ErrorKind::usage, "--in-place needs a file, not the standard input");
  }
  const Runnable runnable = line.live.load(line.program, line.engine, line.passes.options());
  if (line.in_place) {
    MappedMemory mapped = open_mapped(line.input);
    return run_and_report(line, runnable, mapped.rows(), [&] { mapped.flush(); });
  }
  Memories memories = read_memories(line.input);
  return run_and_report(line, runnable, memories.rows(), [&] {
    stop_if_interrupted();
    write_memories(memories, line.output);
  });
}

}  // namespace

void add_run(CLI::App& app, Verb& chosen) {
  auto* verb =
      app.add_subcommand("run", "Run a program, or a model, on a memory of any size, or on many");
  auto line = std::make_shared<RunCommand>();
  verb->add_option("program", line->program, "The program (.json), or a model (.safetensors)")
      ->required();
  verb->add_option(
          "input", line->input,
          "The memory: an array (.npy), or text with integers separated by blanks; - reads "
          "stdin. Every row or line is a memory of its own")
      ->required();
  auto* destination = verb->add_option_group("Result", "Where it goes; one of");
  auto* output = destination
                     ->add_option("-o,--output", line->output,
                                  "An array (.npy) or a text; - writes text to stdout")
                     ->type_name("FILE");
  destination->add_flag("--in-place", line->in_place,
                        "The input file itself (.npy with 32 or 64 bits), mapped, not read: for "
                        "arrays larger than RAM");
  destination->require_option(1);
  line->modulus.add_to(*verb, "`cells` if every value is below the number of cells, else `word`");
  line->engine.add_to(*verb);
  line->live.add_to(*verb);
  verb->add_flag("--no-speculate", line->no_speculate,
                 "Step by step only: no loop is vectorised (the result is the same)");
  line->passes.add_to(*verb);
  verb->get_option("--live")->excludes(verb->get_option("--without"));
  add_threads(*verb, line->threads);
  verb->add_option("--steps", line->steps,
                   "At most this many steps a memory; without it, 64 a cell and 65,536 more")
      ->check(check_number)
      ->check(CLI::PositiveNumber);
  verb->add_option("--registers", line->registers, "Initial values, one a register; without it, 0")
      ->delimiter(',')
      ->check(check_number)
      ->type_name("V,V,...");
  verb->add_flag("--keep-unfinished", line->keep_unfinished,
                 "Write the output even if a memory has no result")
      ->needs(output);
  verb->add_flag("--json", line->json, "Report as JSON");
  verb->footer(
      "The output appears, complete, only if the program finished on every memory; otherwise, and\n"
      "after a fault or Ctrl-C, files are as they were (with --in-place: as the program left "
      "them).\n"
      "The exit code is 1 if it did not finish within the limit of steps or addressed a cell that\n"
      "does not exist.\n\n"
      "Examples:\n"
      "  nram run copy.json big.npy -o out.npy\n"
      "  echo 5 7 8 9 0 0 0 0 0 | nram run copy.json - -o -\n"
      "  nram run copy.json huge.npy --in-place --modulus word --json\n"
      "  nram run copy.safetensors big.npy -o out.npy --live");
  verb->callback([line, &chosen] { chosen = [line] { return run(*line); }; });
}

}  // namespace nram::cli
