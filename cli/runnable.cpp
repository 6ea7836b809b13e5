#include "runnable.hpp"

#include "output.hpp"
#include "program_input.hpp"

#include <algorithm>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/circuit.hpp>
#include <nram/engine/error.hpp>
#include <nram/model-io/live_executor.hpp>
#include <nram/model-io/model_or_program.hpp>

namespace nram::cli {
namespace {

std::string_view controller_of(const Program& program) {
  return program.states() == 1 ? "table" : "automaton";
}

std::string exported_note(const std::string& path, const Exported& exported) {
  const AutomatonSummary& automaton = exported.automaton;
  const std::string form =
      automaton.checked_steps == 0
          ? fmt::format("a table of {} rows", exported.program.machine().masks())
          : fmt::format("{} states that do what the LSTM does in {} random steps", automaton.states,
                        automaton.checked_steps);
  return fmt::format("{} is a model; its program runs ({})", path, form);
}

bool tells_signs_apart(Opcode opcode) {
  switch (opcode) {
    case Opcode::lt:
    case Opcode::le:
    case Opcode::min:
    case Opcode::max:
    case Opcode::signed_lt:
    case Opcode::signed_le:
    case Opcode::signed_min:
    case Opcode::signed_max:
    case Opcode::custom:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool may_compare(const Program& program) {
  const auto& modules = program.machine().modules();
  return std::ranges::any_of(program.circuits(), [&](const Circuit& circuit) {
    const std::vector<bool> live = live_modules(program.machine(), circuit);
    for (std::size_t q = 0; q < modules.size(); ++q) {
      if (live[q] && tells_signs_apart(modules[q].opcode)) {
        return true;
      }
    }
    return false;
  });
}

std::uint64_t Runnable::progress_interval() const {
  constexpr std::uint64_t of_networks = 1U << 10U;
  return live() ? of_networks : RunOptions{}.progress_interval;
}

void LiveOption::add_to(CLI::App& verb) {
  verb.add_flag("--live", live_,
                "Of a model, run the network itself in each step, not the program exported from it "
                "(which is done anyway where there is none: an LSTM whose states do not close)");
}

std::variant<Program, Model> LiveOption::read(const std::string& path,
                                              const EngineOption& engine) const {
  if (live_ && engine.given()) {
    throw Error(ErrorKind::usage,
                "--live and --engine exclude each other: engines execute programs, --live runs the "
                "network of a model");
  }
  auto content = read_model_or_program(path);
  warn_of_reserve(path, std::visit([](const auto& it) { return it.metadata(); }, content));
  if (auto* const program = std::get_if<Program>(&content)) {
    if (live_) {
      throw Error(ErrorKind::usage, fmt::format("{} is a program, which has no network: --live is "
                                                "for models",
                                                path));
    }
    return std::move(*program);
  }
  auto& model = std::get<Model>(content);
  if (live_) {
    return std::move(model);
  }
  try {
    Exported exported = export_model(model, export_options());
    complain(exported_note(path, exported));
    return std::move(exported.program);
  } catch (const NotFinite& error) {
    if (engine.given()) {
      throw Error(ErrorKind::usage,
                  fmt::format("{} has no program for --engine to execute: {}. Leave --engine out",
                              path, error.what()));
    }
    complain(
        fmt::format("{} is a model whose states do not close ({} were seen; `nram export` "
                    "says more): it runs live (--live does so at once)",
                    path, error.states_seen()));
  }
  return std::move(model);
}

Runnable runnable_of(std::variant<Program, Model> content, const EngineOption& engine,
                     const OptimisationOptions& optimisations) {
  if (auto* const model = std::get_if<Model>(&content)) {
    const Meaning meaning = model->meaning();
    return {make_live_executor(std::move(*model)), "live", meaning};
  }
  const auto& program = std::get<Program>(content);
  return {make_executor(engine.engine(), program, optimisations), controller_of(program),
          program.meaning(), may_compare(program)};
}

Runnable LiveOption::load(const std::string& path, const EngineOption& engine,
                          const OptimisationOptions& optimisations) const {
  return runnable_of(read(path, engine), engine, optimisations);
}

}  // namespace nram::cli
