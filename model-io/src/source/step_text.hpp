#pragma once

// What the source texts of a program have in common: which modules of a circuit are computed, and
// how registers change at once.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nram/engine/program.hpp>
#include <nram/model-io/source_code.hpp>

namespace nram::source {

/// How a language spells things.
struct Language {
  std::string_view comment;  ///< what a line of a comment begins with
  /// The value of a module that is no READ and no WRITE, for arguments that are names or numbers.
  std::function<std::string(const Module& module, const std::string& a, const std::string& b)>
      value;
  /// A number of the program's arithmetic.
  std::function<std::string(Word value)> number;
  std::function<std::string(const std::string& name, const std::string& value)> define;
  std::function<std::string(const std::string& name, const std::string& value)> assign;
  /// Leaves with a fault of this module unless the address exists. Several lines.
  std::function<std::vector<std::string>(const std::string& address, unsigned module)> check;
  std::function<std::string(const std::string& address)> load;
  std::function<std::string(const std::string& address, const std::string& value)> store;
};

/// Whether a text has this name in it, not as a part of another one.
bool mentions_name(const std::string& text, const std::string& name);

/// The lines that do one step, but for what comes after it.
std::vector<std::string> step_lines(const Machine& machine, const Circuit& circuit,
                                    const Language& language);

/// The states that a run can come to, in order; rules that never apply there are looked at, too.
std::vector<std::uint32_t> reachable_states(const Program& program);

/// The rules of a state in their order; none behind one that always applies.
std::vector<Rule> rules_of(const Program& program, std::uint32_t state);

/// The pseudo-code as lines of a comment, in ASCII, without what would end a comment in C.
std::string listing_comment(const Program& program, std::string_view begin);

/// The condition as an expression: "r0 == 0 && r2 != 0".
std::string tested_condition(const Machine& machine, const Rule& rule,
                             std::string_view conjunction);

/// The condition in ASCII: "r0=0 r2!=0".
std::string plain_condition(const Machine& machine, const Rule& rule);

/// Throws Error(usage) unless the program can be source text under this name.
void require_source(const Program& program, const std::string& name);

}  // namespace nram::source
