#include "export_object.hpp"

#include "choice.hpp"
#include "output.hpp"
#include "output_file.hpp"
#include "program_input.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/object_code.hpp>
#include <nram/model-io/atomic_file.hpp>
#include <nram/model-io/source_code.hpp>

namespace nram::cli {
namespace {

/// A header beside the object file that nram has not written may be anybody's work.
void require_own_header(const std::string& header) {
  std::error_code ignored;
  if (!std::filesystem::exists(header, ignored)) {
    return;
  }
  constexpr std::string_view mark = ": a program of nram, compiled.";
  std::ifstream file(header, std::ios::binary);
  std::string first_line;
  std::getline(file, first_line);
  if (first_line.find(mark) == std::string::npos) {
    throw Error(ErrorKind::usage,
                fmt::format("{} would be overwritten by the header that belongs to the object "
                            "file, but nram has not written it; give -o another name, or remove it",
                            header));
  }
}

}  // namespace

void ObjectOption::add_to(CLI::App& verb, CLI::Option* to) {
  verb.add_option(
          "--name", name_,
          "With --to object, c or python: the name of the function; without it, that of the file")
      ->type_name("NAME")
      ->needs(to);
  take_one_of(
      verb.add_option("--cell-bits", cell_bits_, "With --to object or c: the width of a cell"),
      "width", {"32", "64"})
      ->capture_default_str()
      ->needs(to);
  modulus_.add_to(verb,
                  "what the program was tested for, `word` if that is both; not with --to program");
  verb.get_option("--modulus")->needs(to);
}

ExitCode ObjectOption::write(const std::string& input, const std::string& output) const {
  const std::filesystem::path path(output);
  const std::string header = std::filesystem::path(path).replace_extension(".h").string();
  const UsedFile program{"the program", input};
  require_output(output, FileKind::object, {program});
  require_distinct(header, {program});
  require_own_header(header);
  require_writable(header);
  ObjectCodeOptions options;
  options.name = name_.empty() ? path.stem().string() : name_;
  options.cells = cell_bits_ == 32 ? CellType::u32 : CellType::u64;
  const Program compiled = read_program_or_model(input);
  modulus_.complain_if_untested(input, compiled.meaning());
  options.modulus = modulus_.rule(compiled.meaning());
  const ObjectCode code = compile_object(compiled, options);
  write_file(output, code.object);
  write_file(header, code.header);
  print_text(fmt::format("{} and {}: call {}()\n", output, header, options.name));
  return ExitCode::done;
}

ExitCode ObjectOption::write_source(const std::string& input, const std::string& output,
                                    const std::string& language) const {
  const bool c = language == "c";
  const bool to_stdout = is_standard_output(output);
  require_output(output, c ? FileKind::c_source : FileKind::python_source,
                 {{"the program", input}});
  SourceOptions options;
  const std::string stem = std::filesystem::path(to_stdout ? input : output).stem().string();
  options.name = name_.empty() ? stem : name_;
  if (name_.empty()) {  // as a function may be called
    std::ranges::replace(options.name, '-', '_');
  }
  options.cells = cell_bits_ == 32 ? CellType::u32 : CellType::u64;
  const Program program = read_program_or_model(input);
  modulus_.complain_if_untested(input, program.meaning());
  options.modulus = modulus_.rule(program.meaning());
  const std::string text = c ? c_source(program, options) : python_source(program, options);
  if (to_stdout) {
    print_text(text);
    return ExitCode::done;
  }
  write_file(output, text);
  print_text(fmt::format("{}: call {}()\n", output, options.name));
  return ExitCode::done;
}

}  // namespace nram::cli
