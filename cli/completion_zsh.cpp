#include "candidates.hpp"

#include <string_view>

#include <fmt/format.h>

namespace nram::cli {
namespace {

// Text within single quotes, in which _arguments and _describe give a meaning to some characters.
std::string zsh_text(std::string_view text, std::string_view special) {
  std::string result;
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
      continue;
    }
    if (special.find(c) != std::string_view::npos) {
      result += '\\';
    }
    result += c;
  }
  return result;
}

std::string zsh_action(const Candidates& candidates) {
  switch (candidates.kind) {
    case Candidates::Kind::none:
      return " ";
    case Candidates::Kind::files:
      return "_files";
    case Candidates::Kind::directories:
      return "_files -/";
    case Candidates::Kind::words:
      return fmt::format("({})", fmt::join(candidates.words, " "));
    case Candidates::Kind::word_list:
      return fmt::format("_sequence compadd - {}", fmt::join(candidates.words, " "));
  }
  return " ";
}

// "(-o --output)"{-o,--output}"[help]:FILE:_files", each part in quotes.
std::string option_spec(const DeclaredOption& option, const DeclaredCommand& command) {
  std::string text = fmt::format("[{}]", zsh_text(short_help(option.help), "[]:\\"));
  if (!option.value.empty()) {
    text += fmt::format(":{}:{}", zsh_text(option.value, ":\\"),
                        zsh_action(candidates_for(option.value, command)));
  }
  if (option.names.size() == 1) {
    return fmt::format("'{}{}'", option.names.front(), text);
  }
  return fmt::format("'({})'{{{}}}'{}'", fmt::join(option.names, " "), fmt::join(option.names, ","),
                     text);
}

std::string argument_specs(const DeclaredVerb& verb, const DeclaredCommand& command) {
  std::string text;
  for (std::size_t i = 0; i < verb.arguments.size(); ++i) {
    const DeclaredOption& argument = verb.arguments[i];
    const std::string place = argument.is_repeated ? "*" : std::to_string(i + 1);
    text +=
        fmt::format(" \\\n            '{}:{}:{}'", place, zsh_text(argument.names.front(), ":\\"),
                    zsh_action(candidates_for(argument.value, command)));
  }
  return text;
}

std::string zsh_case(const DeclaredVerb& verb, const DeclaredCommand& command) {
  std::string text = fmt::format("        {})\n          _arguments", verb.name);
  for (const DeclaredGroup& group : verb.groups) {
    for (const DeclaredOption& option : group.options) {
      text += " \\\n            " + option_spec(option, command);
    }
  }
  return text + argument_specs(verb, command) + "\n          ;;\n";
}

}  // namespace

std::string zsh_completion(const DeclaredCommand& command) {
  std::string text =
      "#compdef nram\n# zsh completion of nram; made by `nram completion zsh`.\n\n"
      "_nram() {\n"
      "  local curcontext=\"$curcontext\" state line\n"
      "  typeset -A opt_args\n"
      "  _arguments -C";
  for (const DeclaredGroup& group : command.itself.groups) {
    for (const DeclaredOption& option : group.options) {
      text += " \\\n    " + option_spec(option, command);
    }
  }
  text +=
      " \\\n    '1:verb:->verb' \\\n    '*::argument:->arguments'\n"
      "  case $state in\n"
      "    verb)\n"
      "      local -a verbs\n"
      "      verbs=(\n";
  for (const DeclaredVerb& verb : command.verbs) {
    text += fmt::format("        '{}:{}'\n", verb.name, zsh_text(short_help(verb.summary), ":\\"));
  }
  text +=
      "      )\n"
      "      _describe verb verbs\n"
      "      ;;\n"
      "    arguments)\n"
      "      case $line[1] in\n";
  for (const DeclaredVerb& verb : command.verbs) {
    text += zsh_case(verb, command);
  }
  return text +
         "      esac\n"
         "      ;;\n"
         "  esac\n"
         "}\n\n"
         "if [[ $funcstack[1] == _nram ]]; then\n"
         "  _nram \"$@\"\n"
         "else\n"
         "  compdef _nram nram\n"
         "fi\n";
}

}  // namespace nram::cli
