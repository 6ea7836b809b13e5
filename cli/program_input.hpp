#pragma once

#include <string>

#include <nram/engine/program.hpp>

namespace nram::cli {

/// The program in a file, or the program of the model in it: told apart by how the file begins.
/// Throws Error as read_program and read_model do.
Program read_program_or_model(const std::string& path);

}  // namespace nram::cli
