#include "candidates.hpp"

#include <string_view>

#include <fmt/format.h>

namespace nram::cli {
namespace {

// A word in single quotes, in which fish gives a meaning to these two only.
std::string fish_word(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') {
      result += '\\';
    }
    result += c;
  }
  return result + "'";
}

// Options to `complete` that say what may be offered.
std::string offers(const Candidates& candidates) {
  switch (candidates.kind) {
    case Candidates::Kind::none:
      return " -x";
    case Candidates::Kind::files:
      return " -r -F";
    case Candidates::Kind::directories:
      return " -x -a '(__fish_complete_directories)'";
    case Candidates::Kind::words:
      return fmt::format(" -x -a '{}'", fmt::join(candidates.words, " "));
    case Candidates::Kind::word_list:
      return fmt::format(" -x -a '(__fish_append , {})'", fmt::join(candidates.words, " "));
  }
  return "";
}

std::string option_line(const DeclaredOption& option, const std::string& when,
                        const DeclaredCommand& command) {
  std::string text = "complete -c nram -n " + fish_word(when);
  for (const std::string& name : option.names) {
    const bool is_long = name.starts_with("--");
    text += is_long ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (!option.value.empty()) {
    text += offers(candidates_for(option.value, command));
  }
  return text + " -d " + fish_word(short_help(option.help)) + "\n";
}

}  // namespace

std::string fish_completion(const DeclaredCommand& command) {
  std::string text =
      "# fish completion of nram; made by `nram completion fish`.\n\n"
      "complete -c nram -f\n";
  for (const DeclaredGroup& group : command.itself.groups) {
    for (const DeclaredOption& option : group.options) {
      text += option_line(option, "__fish_use_subcommand", command);
    }
  }
  for (const DeclaredVerb& verb : command.verbs) {
    text += fmt::format("complete -c nram -n __fish_use_subcommand -a {} -d {}\n", verb.name,
                        fish_word(short_help(verb.summary)));
  }
  for (const DeclaredVerb& verb : command.verbs) {
    const std::string when = "__fish_seen_subcommand_from " + verb.name;
    for (const DeclaredGroup& group : verb.groups) {
      for (const DeclaredOption& option : group.options) {
        text += option_line(option, when, command);
      }
    }
    if (!verb.arguments.empty()) {
      const Candidates candidates = candidates_for(verb.arguments.front().value, command);
      const bool is_file = candidates.kind == Candidates::Kind::files;
      text += fmt::format("complete -c nram -n {}{}\n", fish_word(when),
                          is_file ? " -F" : offers(candidates));
    }
  }
  return text;
}

}  // namespace nram::cli
