#pragma once

#include <string>
#include <vector>

#include <nram/engine/program.hpp>

namespace nram::bench {

/// A program of samples/programs; its name is the file's.
struct Learned {
  std::string name;
  Program program;
};

/// All of them, by name. Throws Error if a file cannot be read.
const std::vector<Learned>& learned_programs();

/// The one of this name; null if there is none.
const Program* learned_program(const std::string& name);

}  // namespace nram::bench
