#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nram/engine/program.hpp>

namespace nram {

/// One step's wiring, written down by names.
///
/// ```cpp
/// const Circuit circuit = CircuitBuilder(Machine::standard(3))
///                             .set("READ", "address", "r1")
///                             .set("WRITE", "address", "r2")
///                             .set("WRITE", "value", "READ")
///                             .set_register("r1", "INC")
///                             .set("INC", "a", "r1")
///                             .build();
/// ```
///
/// Modules and their arguments are called what the module table calls them (Module::name,
/// Module::arguments); a source is a register ("r0": its value at the start of the step) or a
/// module
/// ("READ": its output). The order of the calls does not matter; what is set again is replaced.
///
/// What is not set:
/// - a register keeps its value;
/// - a module whose output nobody uses takes r0, which does not matter;
/// - WRITE, which runs in every step, writes back what READ has read, to where it was read: nothing
///   changes. READ's address is r0 then unless it is set, and, as any address, must be that of a
///   cell.
class CircuitBuilder {
 public:
  /// `name`, if there is one, starts the messages of errors: `circuit "copy": ...`.
  explicit CircuitBuilder(Machine machine, std::string name = {});

  /// Lets an argument of a module come from `source`. Throws Error(data), naming what there is
  /// instead, if the machine has no such module, the module no such argument or the machine no such
  /// source, or if the source is a module that does not run before this one.
  CircuitBuilder& set(std::string_view module, std::string_view argument, std::string_view source);

  /// All arguments of a module, in their order: `set("WRITE", {"r2", "READ"})`. Throws Error(data)
  /// as above, and if there are more or fewer sources than arguments.
  CircuitBuilder& set(std::string_view module, const std::vector<std::string_view>& sources);

  /// Gives a register its value after the step: `set_register("r1", "INC")`. All registers are
  /// replaced at once. Throws Error(data) if there is no such register or source.
  CircuitBuilder& set_register(std::string_view target, std::string_view source);

  /// The circuit. Throws Error(data) if a module whose output is used lacks an argument, if WRITE
  /// has only one, or if it has none and nothing was read before it that it could write back.
  [[nodiscard]] Circuit build() const;

  /// What the circuit is called.
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  [[noreturn]] void reject(const std::string& what) const;
  [[nodiscard]] unsigned module_named(std::string_view name) const;
  [[nodiscard]] Source source_named(std::string_view name) const;
  void set_argument(unsigned module, unsigned position, std::string_view source);
  /// Whether no argument of the module is set.
  [[nodiscard]] bool untouched(unsigned module) const;
  void require_arguments(unsigned module) const;
  void write_back(unsigned write, Circuit& circuit) const;

  Machine machine_;
  std::string name_;
  std::vector<std::optional<Source>> arguments_;  // as in Circuit
  std::vector<Source> registers_;
};

/// One rule of a ProgramBuilder: what happens in a step to which its condition applies.
class RuleBuilder {
 public:
  /// The circuit of this name runs. A rule without one runs an idle step, which changes nothing
  /// (see CircuitBuilder). The circuit may be described later.
  RuleBuilder& run(std::string_view circuit);

  /// The next step is in this state; without this, in the same one. Throws Error(data) unless it is
  /// below Program::max_states.
  RuleBuilder& next_state(std::uint32_t state);

  /// The run ends after this step.
  RuleBuilder& finish();

 private:
  friend class ProgramBuilder;

  RuleBuilder(Rule rule, std::string name) : rule_(rule), name_(std::move(name)) {}

  Rule rule_;  // with no circuit yet
  std::string name_;
  std::optional<std::string> circuit_{};
};

/// A program, written down by names: circuits, and rules that say when which of them runs.
///
/// ```cpp
/// // Adds 1 to every cell up to the first 0.
/// ProgramBuilder builder(Machine::standard(2));
/// builder.circuit("look").set("READ", "address", "r0").set_register("r1", "READ");
/// builder.circuit("count")
///     .set("INC", "a", "r1")
///     .set("WRITE", {"r0", "INC"})
///     .set("ADD", {"r0", "ONE"})
///     .set_register("r0", "ADD");
/// builder.rule("state 0").run("look").next_state(1);
/// builder.rule("state 1, r1 == 0").finish();
/// builder.rule("state 1, r1 != 0").run("count").next_state(0);
/// const Program program = builder.build();
/// ```
///
/// In every step the first rule applies whose condition holds at its start; runs start in state 0.
/// References that circuit() and rule() return stay valid as long as the builder lives.
class ProgramBuilder {
 public:
  explicit ProgramBuilder(Machine machine);

  ProgramBuilder(const ProgramBuilder&) = delete;
  ProgramBuilder& operator=(const ProgramBuilder&) = delete;

  /// A new circuit, in which nothing is set. Throws Error(data) if the name is empty or taken.
  CircuitBuilder& circuit(std::string_view name);

  /// A new rule, behind those there are. Its condition is a list, separated by commas or blanks, of
  /// `r2 == 0` (or `=`), `r2 != 0` (or `≠`) and `state 1`; what is not mentioned does not matter,
  /// but for the state, which is 0 then. Nothing, or `always`, holds always. This is also how
  /// condition_text() writes conditions.
  ///
  /// Throws Error(data), quoting the condition, where it does not parse, names a register that the
  /// machine does not have, compares with anything but 0, says twice or against itself what it
  /// wants of a register or the state, or names a state from Program::max_states on.
  RuleBuilder& rule(std::string_view condition = {});

  /// A fact about where the program comes from (Program::metadata); replaces one of the same key.
  ProgramBuilder& set_metadata(std::string key, std::string value);

  /// The program; the builder can be added to and asked again. Throws Error(data) as
  /// CircuitBuilder::build does; if a rule runs a circuit that there is not or goes on in a state
  /// that has no rule; and as the constructor of Program does: if a rule can never apply because
  /// earlier ones match first, or a state has no rule for some case. O(states · 2^R · rules).
  [[nodiscard]] Program build() const;

 private:
  [[nodiscard]] std::uint32_t circuit_of(const RuleBuilder& rule,
                                         std::vector<Circuit>& circuits) const;
  void require_next_states() const;

  Machine machine_;
  std::deque<CircuitBuilder> circuits_;  // references outlive the adding of others
  std::deque<RuleBuilder> rules_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace nram
