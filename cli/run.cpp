#include "cell_order.hpp"
#include "end_option.hpp"
#include "engine_option.hpp"
#include "interrupt.hpp"
#include "mapped_file_guard.hpp"
#include "modulus_option.hpp"
#include "number.hpp"
#include "output_file.hpp"
#include "pass_option.hpp"
#include "progress.hpp"
#include "run_report.hpp"
#include "runnable.hpp"
#include "threads.hpp"
#include "trace.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/run_memories.hpp>
#include <nram/model-io/array_file.hpp>
#include <nram/model-io/atomic_file.hpp>
#include <nram/model-io/file_kind.hpp>
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
  EndOption end;
  bool reinterpret = false;
  std::vector<Word> registers;
  TraceOption trace;
  bool json = false;
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Of a file that was run in place and did not come to its end.
std::string left_in(const std::string& file) {
  return fmt::format("{} is no result: it holds what the program had left there by then", file);
}

MemoryRuns execute(const RunCommand& line, const Runnable& runnable,
                   std::span<const MemoryView> memories, const std::string& input) {
  line.modulus.complain_if_untested(line.program, runnable.meaning);
  std::vector<Modulus> moduli = choose_moduli(memories, line.modulus.rule(runnable.meaning), input);
  stop_if_interrupted();

  limit_threads(line.threads);
  ProgressLine progress;
  const auto start = Clock::now();
  MemoryRunOptions options;
  line.end.apply(runnable.meaning, options);
  options.registers = line.registers;
  options.speculation = line.no_speculate ? Speculation::never : Speculation::worthwhile;
  options.progress_interval = runnable.progress_interval();
  options.on_progress = [&](std::uint64_t steps, std::uint64_t most) {
    if (progress.due()) {
      const auto done = static_cast<double>(steps);
      const auto total = static_cast<double>(most);
      const double seconds = seconds_since(start);
      progress.show(std::vector<ProgressPart>{
          {clock_text(seconds), clock_text(seconds)},
          {fmt::format("{:.0f} million steps", done / 1e6), fmt::format("{:.0f} M", done / 1e6)},
          {fmt::format("the limit of {:.0f} million is {} away", total / 1e6,
                       time_left(done, total, seconds))}});
    }
    return !interrupted();
  };
  const bool alike =
      std::adjacent_find(moduli.begin(), moduli.end(), std::not_equal_to()) == moduli.end();
  std::optional<ResultsAtStake> at_stake;
  if (line.in_place) {  // what the file holds is to be said
    at_stake.emplace();
  }
  try {
    MemoryRuns runs = run_memories(*runnable.executor, memories, std::move(moduli), options);
    stop_if_interrupted();
    return runs;
  } catch (const Error&) {
    if (line.in_place) {  // memories that are alike are refused before the first of them runs
      complain(alike ? fmt::format("{} is as it was", line.input) : left_in(line.input));
    }
    throw;
  } catch (...) {
    if (line.in_place) {
      complain(left_in(line.input));
    }
    throw;
  }
}

/// Runs, writes with `write` what is to be written, and reports.
template <typename Write>
ExitCode run_and_report(const RunCommand& line, const Runnable& runnable,
                        const std::vector<MemoryView>& memories, Write write) {
  const std::string input = name_of_input(line.input);
  const MemoryRuns runs = execute(line, runnable, memories, input);
  const RunReport report{runnable, memories, runs, input};
  const bool finished = report.finished();
  if (finished || line.keep_unfinished || line.in_place) {
    std::optional<ResultsAtStake> at_stake;  // where the old content is overwritten
    if (line.in_place || is_regular_output(line.output)) {
      at_stake.emplace();
    }
    write();
  }
  if (!finished) {
    complain_about_failures(report);
    if (line.in_place) {
      complain(left_in(line.input));
    } else if (!line.keep_unfinished) {
      complain("no output was written (--keep-unfinished writes it all the same)");
    }
  }
  if (line.json) {
    // A single memory is shared by threads only in vectorised loops.
    const bool alone = memories.size() == 1 && (line.no_speculate || runnable.live());
    Json json = run_json(report, alone ? 1 : threads_in_force());
    json["output"] = line.in_place ? line.input : line.output;
    print_report(json);
  } else if (finished) {
    complain(run_summary(runs));
  }
  return finished ? ExitCode::done : ExitCode::failed;
}

ExitCode run(const RunCommand& line) {
  if (line.trace.given()) {
    return line.trace.run({line.program, line.input, line.modulus, line.engine, line.live, line.end,
                           line.registers, line.reinterpret, line.json});
  }
  require_one_on_stdout(line.output, line.json);
  if (line.engine.engine() == Engine::reference && line.passes.is_given()) {
    throw Error(
        ErrorKind::usage,
        "--without does nothing here: the reference engine optimises nothing; leave it out");
  }
  if (line.in_place && line.input == "-") {
    throw Error(ErrorKind::usage, "--in-place needs a file, not the standard input");
  }
  if (!line.in_place) {
    require_output(line.output, memory_kind_of_name(line.output),
                   {{"the program", line.program}, {"the input", line.input}});
  }
  const Runnable runnable = line.live.load(line.program, line.engine, line.passes.options());
  const CellOrder order{line.program, name_of_input(line.input),
                        runnable.executor->machine().order(), runnable.compares, line.reinterpret};
  if (line.in_place) {
    const MappedFileGuard guard(line.input);  // before any cell is looked at
    MappedMemory mapped = open_mapped(line.input);
    order.require(mapped.rows(), mapped.header().type);
    return run_and_report(line, runnable, mapped.rows(), [&] { mapped.flush(); });
  }
  Memories memories = read_memories(line.input);
  order.require(memories.rows(), memories.element_type());
  return run_and_report(line, runnable, memories.rows(), [&] {
    stop_if_interrupted();
    if (runnable.executor->machine().order() == Order::signed_numbers) {
      memories.take_as_signed();
    }
    write_memories(memories, line.output);
  });
}

/// A trace runs in the reference, on one thread, and writes nothing.
void refuse_with_trace(CLI::App& verb) {
  auto* const trace = verb.get_option("--trace");
  for (const char* const option :
       {"--engine", "--no-speculate", "--without", "--threads", "--keep-unfinished"}) {
    verb.get_option(option)->excludes(trace);
  }
  for (const char* const option :
       {"--trace-from", "--trace-steps", "--trace-cell", "--trace-until-differs"}) {
    verb.get_option(option)->needs(trace);
  }
}

}  // namespace

void add_run(CLI::App& app, Verb& chosen) {
  auto* verb =
      app.add_subcommand("run", "Run a program, or a model, on a memory of any size, or on many");
  auto line = std::make_shared<RunCommand>();
  verb->add_option("program", line->program, "The program (.json), or a model (.safetensors)")
      ->required()
      ->type_name("FILE");
  verb->add_option(
          "input", line->input,
          "The memory: an array (.npy), or text with integers separated by blanks; - reads "
          "stdin. Every row or line is a memory of its own")
      ->required()
      ->type_name("FILE");
  auto* destination = verb->add_option_group("Result", "where it goes; one of");
  auto* output = destination
                     ->add_option("-o,--output", line->output,
                                  "An array (.npy) or a text (.txt); - writes text to stdout")
                     ->type_name("FILE");
  destination->add_flag("--in-place", line->in_place,
                        "The input file itself (.npy with 32 or 64 bits), mapped, not read: for "
                        "arrays larger than RAM");
  line->trace.add_to(*verb, *destination);
  destination->require_option(1);
  line->modulus.add_to(*verb,
                       "what the program was tested for, `word` if that is both or not said");
  line->engine.add_to(*verb);
  line->live.add_to(*verb);
  verb->add_flag("--no-speculate", line->no_speculate,
                 "Step by step only: no loop is vectorised (the result is the same)");
  line->passes.add_to(*verb);
  verb->get_option("--live")->excludes(verb->get_option("--without"));
  add_threads(*verb, line->threads);
  line->end.add_to(*verb);
  verb->add_flag("--reinterpret", line->reinterpret,
                 "Take the bits of negative cells as unsigned numbers, for a program that compares "
                 "those (and of large ones as signed numbers, for one that compares these)");
  verb->add_option("--registers", line->registers, "Initial values, one a register; without it, 0")
      ->delimiter(',')
      ->check(check_number)
      ->type_name("V,V,...");
  verb->add_flag("--keep-unfinished", line->keep_unfinished,
                 "Write the output even if a memory has no result")
      ->needs(output);
  verb->add_flag("--json", line->json, "Report as JSON; with --trace a line a step");
  refuse_with_trace(*verb);
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
      "  nram run copy.safetensors big.npy -o out.npy --live\n"
      "  echo 5 7 8 9 0 0 0 0 0 | nram run copy.json - --trace\n"
      "  nram run copy.json big.npy --trace --trace-cell 7 --json\n"
      "  nram run copy.json big.npy --trace --trace-until-differs shorter.json");
  verb->callback([line, &chosen] { chosen = [line] { return run(*line); }; });
}

}  // namespace nram::cli
