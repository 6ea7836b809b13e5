#include "declaration.hpp"
#include "help_text.hpp"
#include "output.hpp"
#include "suggestion.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <memory>
#include <string>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/printable.hpp>

namespace nram::cli {
namespace {

std::string help_on(const DeclaredCommand& command, const std::string& name) {
  if (name.empty()) {
    return help_text(command, text_width());
  }
  for (const DeclaredVerb& verb : command.verbs) {
    if (verb.name == name) {
      return help_text(verb, text_width());
    }
  }
  throw Error(
      ErrorKind::usage,
      fmt::format("there is no verb '{}'{}; `nram help` lists them", printable(name, longest_quote),
                  did_you_mean_of(name, command.verbs,
                                  [](const DeclaredVerb& verb) { return verb.name; })));
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
