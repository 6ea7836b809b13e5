#include "interrupt.hpp"
#include "minimising.hpp"
#include "number.hpp"
#include "output.hpp"
#include "output_file.hpp"
#include "program_input.hpp"
#include "task_source.hpp"
#include "threads.hpp"
#include "unit_option.hpp"
#include "verbs.hpp"
#include "warm_start_option.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/compile.hpp>
#include <nram/model-io/model_file.hpp>
#include <nram/model-io/program_file.hpp>

namespace nram::cli {
namespace {

struct MinimiseCommand {
  std::string input;
  std::string output;
  TaskSource source;
  double time = 30.0;
  unsigned threads = 0;
  Settings settings;
  bool json = false;
};

bool is_model(const std::string& path) { return path.ends_with(".safetensors"); }

ExitCode minimise_program(const MinimiseCommand& options) {
  require_one_on_stdout(options.output, options.json);
  require_output(options.output, is_model(options.output) ? FileKind::model : FileKind::program,
                 {{"the program", options.input}, {"the examples", options.source.file()}});
  const WarmStart start = read_warm_start(options.input);
  warn_of_reserve(options.input, start.program.metadata());
  const auto task = options.source.open(options.source.read());
  const Model model =
      start.model ? *start.model : compile_to_weights(start.program, start.program.metadata());
  MinimiseOptions how;
  how.threads = options.threads;
  how.time_budget = options.time;
  limit_threads(options.threads);
  const MinimiseResult result = minimise_with_progress(model, *task, options.settings, how);
  if (is_model(options.output)) {
    write_model(result.model, options.output);
  } else {
    write_program(export_from(result.model, options.input).program, options.output);
  }
  if (options.json) {
    Json report = minimised_json(result);
    report["output"] = options.output;
    print_report(report);
  } else {
    const auto write = is_standard_output(options.output) ? print_notes : print_text;
    write(minimised_text(result) + fmt::format("written: {}\n", options.output));
  }
  if (interrupted()) {
    complain("interrupted; what is written is the best so far");
    return ExitCode::interrupted;
  }
  return ExitCode::done;
}

}  // namespace

void add_minimise(CLI::App& app, Verb& chosen) {
  auto* verb = app.add_subcommand("minimise", "Look for a shorter program that does the same");
  auto options = std::make_shared<MinimiseCommand>();
  verb->add_option("program", options->input,
                   "A program (.json), or a model (.safetensors), that is right on the examples")
      ->required()
      ->type_name("FILE");
  options->source.add_to(*verb);
  verb->add_option("-o,--output", options->output,
                   "What to write: a program (.json; - is stdout) or a model (.safetensors)")
      ->required()
      ->type_name("FILE");
  take_duration(
      verb->add_option("--time", options->time, "How long to look (seconds, or 90s, 5m, 1h30m)")
          ->capture_default_str());
  verb->add_option("--seed", options->settings.portfolio.seed, "Looks in another order")
      ->capture_default_str()
      ->check(check_number)
      ->type_name("N");
  add_threads(*verb, options->threads);
  verb->add_flag("--json", options->json, "Report as JSON");
  verb->footer(
      "The program says how many steps each example takes; the search looks for one that is right\n"
      "in fewer. It is taken if it passes the test that training ends with, and does the same on\n"
      "inputs made like the examples. A program that is clean stays clean.\n\n"
      "Examples:\n"
      "  nram minimise copy.safetensors --task copy -o shorter.safetensors\n"
      "  nram minimise mine.json --examples mine.jsonl --time 5m -o shorter.json");
  verb->callback([options, &chosen] {
    if (options->time <= 0) {
      throw Error(ErrorKind::usage, "--time: there has to be some");
    }
    chosen = [options] { return minimise_program(*options); };
  });
}

}  // namespace nram::cli
