#pragma once

#include <optional>
#include <string>

#include <nram/engine/program.hpp>
#include <nram/model-io/model.hpp>

namespace nram {

/// What a training run begins from: a program that may do nearly what is wanted.
struct WarmStart {
  Program program;
  std::optional<Model> model{};  ///< whose program it is; gradients go on from its weights
  std::string name{};            ///< for messages, and for what the model says: its file
};

/// The program on another machine: modules and registers have the places they have there, and
/// registers more keep their values. It does the same. Throws Error(usage), naming the difference,
/// if the machine has fewer registers, compares in the other order, or lacks a module that matters
/// in the program, or has it behind one that needs its output.
Program on_machine(const WarmStart& start, const Machine& machine);

}  // namespace nram
