#include "export_object.hpp"

#include "output.hpp"
#include "program_input.hpp"

#include <filesystem>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/object_code.hpp>
#include <nram/model-io/atomic_file.hpp>

namespace nram::cli {

void ObjectOption::add_to(CLI::App& verb, CLI::Option* to) {
  verb.add_option("--name", name_,
                  "With --to object: the name of the C function; without it, that of the file")
      ->needs(to);
  verb.add_option("--cell-bits", cell_bits_, "With --to object: the width of a cell")
      ->capture_default_str()
      ->check(CLI::IsMember({32, 64}))
      ->needs(to);
  modulus_.add_to(verb, "`word`; with --to object only");
  verb.get_option("--modulus")->needs(to);
}

ExitCode ObjectOption::write(const std::string& input, const std::string& output) const {
  const std::filesystem::path path(output);
  if (path.extension() != ".o") {
    throw Error(ErrorKind::usage, "an object file is named .o; " + output + " is not");
  }
  ObjectCodeOptions options;
  options.name = name_.empty() ? path.stem().string() : name_;
  options.cells = cell_bits_ == 32 ? CellType::u32 : CellType::u64;
  if (modulus_.is_default()) {
    options.modulus = word_modulus(options.cells);
  } else if (!modulus_.is_cells()) {
    options.modulus = modulus_.resolve(1, options.cells);
  }
  const ObjectCode code = compile_object(read_program_or_model(input), options);
  const std::string header = std::filesystem::path(path).replace_extension(".h").string();
  write_file(output, code.object);
  write_file(header, code.header);
  print_text(fmt::format("{} and {}: call {}()\n", output, header, options.name));
  return ExitCode::done;
}

}  // namespace nram::cli
