#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace nram::cli {

// What the command line is declared to take, as data: help, completion scripts and manual pages are
// all made from it.

struct DeclaredOption {
  std::vector<std::string> names{};  ///< "-o", "--output"; of an argument, its name in capitals
  std::string value{};               ///< "FILE", "auto|jit", "N"; empty for a switch
  std::string usual{};               ///< without the option; empty if nothing can be said
  std::string help{};
  std::vector<std::string> excludes{};  ///< options that it does not go with
  bool is_required = false;
  bool is_repeated = false;
};

struct DeclaredGroup {
  std::string title{};
  std::string note{};  ///< may be empty
  std::vector<DeclaredOption> options{};
};

struct DeclaredVerb {
  std::string name{};
  std::string summary{};
  std::vector<DeclaredOption> arguments{};  ///< by position
  std::vector<DeclaredGroup> groups{};
  std::string footer{};
};

struct DeclaredCommand {
  DeclaredVerb itself{};  ///< the command without a verb
  std::vector<DeclaredVerb> verbs{};
};

/// One verb, or the command without its verbs. Options of an empty group are hidden.
DeclaredVerb declared_verb(const CLI::App& app);

/// The command with all its verbs.
DeclaredCommand declared_command(const CLI::App& app);

/// The names of all verbs.
std::vector<std::string> verb_names(const DeclaredCommand& command);

/// The verb of this name, which somebody has typed. Throws Error(usage), with what may be meant.
const DeclaredVerb& verb_named(const DeclaredCommand& command, const std::string& name);

/// All options of a verb with a name, "--task".
std::vector<std::string> option_names(const DeclaredVerb& verb);

}  // namespace nram::cli
