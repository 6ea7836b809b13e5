#include "declaration.hpp"
#include "manual_page.hpp"
#include "output.hpp"
#include "verbs.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/atomic_file.hpp>

namespace nram::cli {
namespace {

struct ManualCommand {
  std::string verb;
  std::string directory;
};

std::string page_on(const DeclaredCommand& command, const std::string& name) {
  return name.empty() ? manual_page(command) : manual_page(command, verb_named(command, name));
}

void write_pages(const DeclaredCommand& command, const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    throw Error(ErrorKind::io,
                fmt::format("cannot make the directory {}: {}", directory, error.message()));
  }
  const std::filesystem::path path(directory);
  write_file((path / "nram.1").string(), manual_page(command));
  for (const DeclaredVerb& verb : command.verbs) {
    write_file((path / ("nram-" + verb.name + ".1")).string(), manual_page(command, verb));
  }
}

}  // namespace

void add_manual(CLI::App& app, Verb& chosen) {
  auto* verb = app.add_subcommand("manual", "Print the manual page of nram or of a verb");
  auto line = std::make_shared<ManualCommand>();
  auto* name =
      verb->add_option("verb", line->verb, "The verb; without it, nram itself")->type_name("VERB");
  verb->add_option("-o,--output", line->directory, "Write all pages as files in this directory")
      ->type_name("DIR")
      ->excludes(name);
  verb->footer(
      "Pages are troff, which man shows. `cmake --install` puts them where man looks for them.\n\n"
      "Examples:\n"
      "  nram manual train | man -l -\n"
      "  nram manual -o ~/.local/share/man/man1");
  verb->callback([line, &app, &chosen] {
    const DeclaredCommand command = declared_command(app);
    if (!line->directory.empty()) {
      chosen = [command, directory = line->directory] {
        write_pages(command, directory);
        return ExitCode::done;
      };
      return;
    }
    chosen = [text = page_on(command, line->verb)] {
      print_text(text);
      return ExitCode::done;
    };
  });
}

}  // namespace nram::cli
