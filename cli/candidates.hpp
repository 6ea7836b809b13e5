#pragma once

#include "declaration.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace nram::cli {

/// What may stand for a value on the command line: what a shell offers.
struct Candidates {
  enum class Kind : std::uint8_t {
    none,  ///< numbers and names that nobody knows before
    files,
    directories,
    words,
    word_list,  ///< words with commas between them
  };
  Kind kind = Kind::none;
  std::vector<std::string> words{};
};

/// Those of a value as options declare it: FILE, DIR, TASK, VERB, PASS,..., or names with bars
/// between them, of which those in capitals stand for something else.
Candidates candidates_for(const std::string& value, const DeclaredCommand& command);

/// The scripts that let a shell complete the command line: `nram completion SHELL`.
std::string bash_completion(const DeclaredCommand& command);
std::string zsh_completion(const DeclaredCommand& command);
std::string fish_completion(const DeclaredCommand& command);

/// What a shell shows of an option or a verb: the beginning of its help, at most a line.
std::string short_help(const std::string& help);

}  // namespace nram::cli
