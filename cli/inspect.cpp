#include "inspect_graphs.hpp"
#include "interrupt.hpp"
#include "output.hpp"
#include "pass_option.hpp"
#include "program_input.hpp"
#include "verbs.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/inspect.hpp>

namespace nram::cli {
namespace {

struct InspectOptions {
  std::string input;
  std::optional<std::uint32_t> circuit;
  InspectGraphs graphs;
  bool optimised = false;
  bool raw = false;
  bool settings = false;
  PassOption passes;
  bool json = false;
};

std::string circuit_listing(const Program& program, std::uint32_t index) {
  std::string text = fmt::format("c{}\n", index);
  for (const std::string& statement : statements(program.machine(), program.circuits()[index])) {
    text += "  " + statement + "\n";
  }
  return text;
}

struct Stage {
  const char* key;
  const char* title;
  OptimisedText text;
};

/// The program as executors get it and as they run it, with every address checked.
std::vector<Stage> stages(const Program& program, const InspectOptions& options) {
  const auto text = [&](const OptimisationOptions& passes) {
    stop_if_interrupted();
    return optimised_text(program, passes, false);
  };
  return {{"before", "Before the passes", text(OptimisationOptions::none())},
          {"after", "After the passes", text(options.passes.options())}};
}

std::string optimised_listing(const Program& program, const InspectOptions& options) {
  std::string text;
  for (const Stage& stage : stages(program, options)) {
    text += fmt::format("{}{}: {} blocks, {} instructions; ", text.empty() ? "" : "\n", stage.title,
                        stage.text.blocks, stage.text.instructions);
    text += stage.text.listing;
  }
  stop_if_interrupted();
  return text;
}

Json report(const Program& program, const InspectOptions& options) {
  const Machine& machine = program.machine();
  Json modules = Json::array();
  for (const Module& module : machine.modules()) {
    modules.push_back(module.name);
  }
  Json circuits = Json::array();
  for (std::uint32_t c = 0; c < program.circuits().size(); ++c) {
    if (options.circuit.value_or(c) == c) {
      circuits.push_back({{"circuit", fmt::format("c{}", c)},
                          {"statements", statements(machine, program.circuits()[c])}});
    }
  }
  Json rules = Json::array();
  for (const Rule& rule : program.rules()) {
    rules.push_back({{"state", rule.state},
                     {"when", condition_text(machine, rule)},
                     {"circuit", fmt::format("c{}", rule.transition.circuit)},
                     {"finish", rule.transition.finish},
                     {"next_state", rule.transition.next_state}});
  }
  const PseudoCode code = pseudo_code(program);
  Json variables = Json::object();
  for (const auto& [name, registers] : code.variables) {
    variables[name] = registers;
  }
  Json report{{"listing", code.is_complete ? Json(code.lines) : Json()},
              {"why_no_listing", code.is_complete
                                     ? Json()
                                     : Json("too large for pseudo-code: more than 256 kinds of "
                                            "step and tests of registers between them")},
              {"variables", std::move(variables)},
              {"registers", machine.registers()},
              {"modules", std::move(modules)},
              {"states", program.states()},
              {"circuits", std::move(circuits)},
              {"rules", std::move(rules)},
              {"order", name_of(machine.order())},
              {"metadata", program.metadata()}};
  if (options.optimised) {
    for (const Stage& stage : stages(program, options)) {
      report[stage.key] = {{"blocks", stage.text.blocks},
                           {"instructions", stage.text.instructions},
                           {"listing", stage.text.listing}};
    }
  }
  return report;
}

/// What was asked for as text.
std::string text_of(const Program& program, const InspectOptions& options) {
  return options.optimised  ? optimised_listing(program, options)
         : options.circuit  ? circuit_listing(program, *options.circuit)
         : options.raw      ? raw_listing(program)
         : options.settings ? provenance(program)
                            : listing(program);
}

ExitCode inspect(const InspectOptions& options) {
  const Program program = read_program_or_model(options.input);
  if (options.circuit && *options.circuit >= program.circuits().size()) {
    throw Error(ErrorKind::usage, fmt::format("{} has {} circuits, c0 to c{}; there is no c{}",
                                              options.input, program.circuits().size(),
                                              program.circuits().size() - 1, *options.circuit));
  }
  options.graphs.write(program, options.circuit);
  stop_if_interrupted();
  if (options.json) {
    print_report(report(program, options));
  } else {
    print_text(text_of(program, options));
  }
  return ExitCode::done;
}

}  // namespace

void add_inspect(CLI::App& app, Verb& chosen) {
  auto* verb = app.add_subcommand("inspect", "Show what a program, or a model's program, does");
  auto options = std::make_shared<InspectOptions>();
  verb->add_option("file", options->input, "A program (.json) or a model (.safetensors)")
      ->required()
      ->type_name("FILE");
  auto* circuit = verb->add_option("--circuit", options->circuit, "Only this circuit")
                      ->check(CLI::Range(std::uint32_t{0}, Program::max_circuits - 1))
                      ->type_name("K");
  options->graphs.add_to(*verb);
  auto* raw = verb->add_flag("--raw", options->raw,
                             "Instead of pseudo-code, rule by rule what each circuit does")
                  ->excludes(circuit);
  auto* settings = verb->add_flag("--settings", options->settings,
                                  "Instead, where the program comes from: task, seed, settings...")
                       ->excludes(circuit)
                       ->excludes(raw);
  verb->add_flag("--optimised", options->optimised,
                 "Instead, the blocks of instructions that engines run, before and after the "
                 "optimisation passes")
      ->excludes(circuit)
      ->excludes(raw)
      ->excludes(settings);
  options->passes.add_to(*verb);
  verb->get_option("--without")->needs(verb->get_option("--optimised"));
  verb->add_flag("--json", options->json, "The listing as JSON");
  verb->footer(
      "Loops and branches are recovered, and steps that follow each other are one. `[a < b]` is 1 "
      "if that\nholds, or else 0. docs/cli.md says how to read the rest.\n\n"
      "DIR gets, for each circuit, cK (what matters) and cK-whole (everything, faint where it "
      "makes\n"
      "no difference), the controller as `automaton`, and both on one page as `program`.\n\n"
      "Examples:\n"
      "  nram inspect copy.json\n"
      "  nram inspect copy.json --raw\n"
      "  nram inspect copy.json --optimised --without idle-writes\n"
      "  nram inspect copy.safetensors --svg pictures\n"
      "  nram inspect copy.json --graphs graphs --format graphml");
  verb->callback([options, &chosen] { chosen = [options] { return inspect(*options); }; });
}

}  // namespace nram::cli
