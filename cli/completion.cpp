#include "candidates.hpp"
#include "choice.hpp"
#include "declaration.hpp"
#include "output.hpp"
#include "verbs.hpp"

#include <memory>
#include <string>

#include <nram/model-io/atomic_file.hpp>

namespace nram::cli {
namespace {

struct CompletionCommand {
  std::string shell;
  std::string output;  ///< empty: standard output
};

std::string script_for(const std::string& shell, const DeclaredCommand& command) {
  if (shell == "bash") {
    return bash_completion(command);
  }
  return shell == "zsh" ? zsh_completion(command) : fish_completion(command);
}

}  // namespace

void add_completion(CLI::App& app, Verb& chosen) {
  auto* verb = app.add_subcommand("completion", "Print a script that lets a shell complete nram");
  auto line = std::make_shared<CompletionCommand>();
  take_one_of(verb->add_option("shell", line->shell, "The shell")->required(), "shell",
              {"bash", "zsh", "fish"});
  verb->add_option("-o,--output", line->output, "Write the script to this file")->type_name("FILE");
  verb->footer(
      "`cmake --install` puts the scripts where shells look for them. Without it:\n\n"
      "Examples:\n"
      "  nram completion bash -o ~/.local/share/bash-completion/completions/nram\n"
      "  nram completion zsh -o ~/.zfunc/_nram\n"
      "  nram completion fish -o ~/.config/fish/completions/nram.fish");
  verb->callback([line, &app, &chosen] {
    chosen = [line, text = script_for(line->shell, declared_command(app))] {
      if (line->output.empty()) {
        print_text(text);
      } else {
        write_file(line->output, text);
      }
      return ExitCode::done;
    };
  });
}

}  // namespace nram::cli
