#pragma once

#include <string>
#include <variant>

#include <nram/engine/program.hpp>
#include <nram/model-io/model.hpp>

namespace nram {

/// What a file holds: a model or a program, told apart by how its content begins, whatever its name
/// (`-`: standard input). A model begins with the length of its header as 8 bytes, some of them 0,
/// which no JSON text holds; what is shorter than that is what its name says.
///
/// Throws Error(data | io) as read_model and read_program do.
std::variant<Model, Program> read_model_or_program(
    const std::string& path, const ModuleTable& table = ModuleTable::standard());

}  // namespace nram
