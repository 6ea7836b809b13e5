#include "content_kind.hpp"
#include "input_file.hpp"

#include <nram/model-io/model_file.hpp>
#include <nram/model-io/model_or_program.hpp>
#include <nram/model-io/program_file.hpp>

namespace nram {
namespace {

constexpr std::size_t head_bytes = 8;

bool begins_as_model(std::string_view head, const std::string& path) {
  return head.size() < head_bytes ? path.ends_with(".safetensors")
                                  : head.find('\0') != std::string_view::npos;
}

}  // namespace

std::variant<Model, Program> read_model_or_program(const std::string& path,
                                                   const ModuleTable& table) {
  InputFile file(path);
  require_content(file, {ContentKind::model, ContentKind::program},
                  "a program (.json) or a model (.safetensors)");
  if (begins_as_model(file.peek(head_bytes), path)) {
    return parse_model(file.read_all(max_model_bytes, "a model file"), file.name(), table);
  }
  return parse_program(file.read_all(max_program_bytes, "a program file"), file.name(), table);
}

}  // namespace nram
