#include "program_input.hpp"

#include <algorithm>
#include <array>
#include <fstream>

#include <nram/model-io/exporter.hpp>
#include <nram/model-io/model_file.hpp>
#include <nram/model-io/program_file.hpp>

namespace nram::cli {
namespace {

/// A model file begins with the length of its header as 8 bytes, some of them 0, which no JSON text
/// holds. What is too short to tell is what its name says.
bool is_model(const std::string& path) {
  std::array<char, 8> head{};
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
  }
  if (file.is_open() && file.read(head.data(), head.size())) {
    return std::find(head.begin(), head.end(), '\0') != head.end();
  }
  return path.ends_with(".safetensors");
}

}  // namespace

Program read_program_or_model(const std::string& path) {
  return is_model(path) ? discretise(read_model(path)) : read_program(path);
}

}  // namespace nram::cli
