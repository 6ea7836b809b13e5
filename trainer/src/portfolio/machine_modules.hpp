#pragma once

#include <span>
#include <string>
#include <vector>

#include <nram/engine/module.hpp>
#include <nram/trainer/train.hpp>

namespace nram {

/// The modules of the machine to learn with: those of the options, and a CONST for every number
/// that the task or the warm start needs.
std::vector<Module> modules_for(const Task& task, const TrainOptions& options);

/// Their names, separated by blanks.
std::string names_of(std::span<const Module> modules);

}  // namespace nram
