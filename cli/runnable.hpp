#pragma once

#include "engine_option.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include <nram/engine/executor.hpp>
#include <nram/model-io/model.hpp>

namespace nram::cli {

/// What `run` and `eval` execute.
struct Runnable {
  std::unique_ptr<Executor> executor;
  /// What chooses the circuits: "table" (a program with one state), "automaton" (with several) or
  /// "live" (the network of a model).
  std::string_view controller;
  /// What the program, or the model, says about how it is to be run.
  Meaning meaning{};
  /// Whether it may matter if numbers are signed: something in it compares, or may.
  bool compares = true;

  [[nodiscard]] bool live() const { return controller == "live"; }
  /// How often a run has to look whether it was interrupted: networks take microseconds a step.
  [[nodiscard]] std::uint64_t progress_interval() const;
};

/// Whether something in the program compares numbers, or may: then it may matter if they are
/// signed.
bool may_compare(const Program& program);

/// What LiveOption::read() has read, ready to run.
Runnable runnable_of(std::variant<Program, Model> content, const EngineOption& engine,
                     const OptimisationOptions& optimisations = {});

/// `--live`: the network of a model runs in each step, even where the model has a program.
class LiveOption {
 public:
  void add_to(CLI::App& verb);

  /// The program in a file, or that of the model in it; the model itself if it has none or --live
  /// was given: it runs live then. Messages and errors are those of load().
  [[nodiscard]] std::variant<Program, Model> read(const std::string& path,
                                                  const EngineOption& engine) const;

  /// The program in a file, or the model in it: as the program exported from it or, if its states
  /// do not close or --live was given, itself; a message says which. Throws Error as
  /// read_model_or_program does; Error(usage) if --live was given for a program or together with
  /// --engine, or --engine for a model that has no program.
  [[nodiscard]] Runnable load(const std::string& path, const EngineOption& engine,
                              const OptimisationOptions& optimisations = {}) const;

 private:
  bool live_ = false;
};

}  // namespace nram::cli
