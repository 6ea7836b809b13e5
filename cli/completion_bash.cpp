#include "candidates.hpp"

#include <fmt/format.h>

namespace nram::cli {
namespace {

// Words are split as the reader's shell splits them, where `=` is a word of its own.
constexpr std::string_view bash_head = R"(# bash completion of nram; made by `nram completion bash`.

_nram_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

_nram_list() { # words with commas between them
  local done=
  [[ $cur == *,* ]] && done=${cur%,*},
  mapfile -t COMPREPLY < <(compgen -P "$done" -W "$1" -- "${cur##*,}")
}

_nram_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}

_nram_directories() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -d -- "$cur")
}

_nram() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev= verb= word
  ((COMP_CWORD > 0)) && prev=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]] && ((COMP_CWORD > 1)); then
    prev=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $word != -* ]]; then
      verb=$word
      break
    fi
  done
  case $verb in
)";

constexpr std::string_view bash_tail = R"(  esac
}

complete -F _nram nram
)";

std::string bash_action(const Candidates& candidates) {
  switch (candidates.kind) {
    case Candidates::Kind::none:
      return ":";
    case Candidates::Kind::files:
      return "_nram_files";
    case Candidates::Kind::directories:
      return "_nram_directories";
    case Candidates::Kind::words:
      return fmt::format("_nram_words '{}'", fmt::join(candidates.words, " "));
    case Candidates::Kind::word_list:
      return fmt::format("_nram_list '{}'", fmt::join(candidates.words, " "));
  }
  return ":";
}

// What follows the options of a verb: one kind for all its arguments does.
std::string argument_action(const DeclaredVerb& verb, const DeclaredCommand& command) {
  return verb.arguments.empty()
             ? ":"
             : bash_action(candidates_for(verb.arguments.front().value, command));
}

std::string bash_case(const DeclaredVerb& verb, const DeclaredCommand& command) {
  std::string text = fmt::format("    {})\n      case $prev in\n", verb.name);
  for (const DeclaredGroup& group : verb.groups) {
    for (const DeclaredOption& option : group.options) {
      if (!option.value.empty()) {
        text += fmt::format("        {}) {}; return ;;\n", fmt::join(option.names, " | "),
                            bash_action(candidates_for(option.value, command)));
      }
    }
  }
  return text + fmt::format(
                    "      esac\n"
                    "      if [[ $cur == -* ]]; then\n"
                    "        _nram_words '{}'\n"
                    "      else\n"
                    "        {}\n"
                    "      fi\n"
                    "      ;;\n",
                    fmt::join(option_names(verb), " "), argument_action(verb, command));
}

}  // namespace

std::string bash_completion(const DeclaredCommand& command) {
  std::string text(bash_head);
  text += fmt::format(
      "    '')\n"
      "      if [[ $cur == -* ]]; then\n"
      "        _nram_words '{}'\n"
      "      else\n"
      "        _nram_words '{}'\n"
      "      fi\n"
      "      ;;\n",
      fmt::join(option_names(command.itself), " "), fmt::join(verb_names(command), " "));
  for (const DeclaredVerb& verb : command.verbs) {
    text += bash_case(verb, command);
  }
  return text + std::string(bash_tail);
}

}  // namespace nram::cli
