#include "declaration.hpp"
#include "help_text.hpp"
#include "output.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <memory>
#include <string>

namespace nram::cli {
namespace {

std::string help_on(const DeclaredCommand& command, const std::string& name) {
  return name.empty() ? help_text(command, text_width())
                      : help_text(verb_named(command, name), text_width());
}

}  // namespace

void add_help(CLI::App& app, Verb& chosen) {
  auto* verb = app.add_subcommand("help", "Show what a verb does, its options and examples");
  auto name = std::make_shared<std::string>();
  verb->add_option("verb", *name, "The verb; without it, all are listed")->type_name("VERB");
  verb->footer("Examples:\n  nram help\n  nram help train");
  verb->callback([name, &app, &chosen] {
    chosen = [text = help_on(declared_command(app), *name)] {
      print_text(text);
      return ExitCode::done;
    };
  });
}

}  // namespace nram::cli
