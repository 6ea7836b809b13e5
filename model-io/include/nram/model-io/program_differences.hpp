#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nram/engine/program.hpp>

namespace nram {

/// A wire that two circuits have differently.
struct WireDifference {
  std::string selector;  ///< "READ[0]" for an argument, "r2" for a new register value
  /// The sources, by name; nothing where the module does not matter, or the machine has no such.
  std::optional<std::string> a{};
  std::optional<std::string> b{};

  friend bool operator==(const WireDifference&, const WireDifference&) = default;
};

/// The wires that matter in one of the circuits at least (arguments of modules that matter,
/// registers) and differ. Modules and registers are told by their names, so machines may differ.
/// O(modules + registers).
std::vector<WireDifference> wire_differences(const Machine& machine_a, const Circuit& a,
                                             const Machine& machine_b, const Circuit& b);

/// A rule of one of two programs, or of both: same state, same condition.
struct RuleDifference {
  std::uint32_t state = 0;
  std::string condition;  ///< "r0=0 r2≠0", or "always"
  /// What it does; nothing: that program has no such rule.
  std::optional<Transition> a{};
  std::optional<Transition> b{};
};

/// How two programs are written differently. What they do may be the same.
struct ProgramDifferences {
  /// Of the machines: "registers", "modules", "order", and "states"; each with the value of both.
  std::vector<std::pair<std::string, std::pair<std::string, std::string>>> machine{};
  /// Metadata that differ; nothing where one has none of this key.
  std::map<std::string, std::pair<std::optional<std::string>, std::optional<std::string>>>
      metadata{};
  std::size_t equal_rules = 0;          ///< whose circuits have the same wires, too
  std::vector<RuleDifference> rules{};  ///< in the order of A, then those that only B has
  /// Circuits of rules that both have and that differ, by their numbers in A and B, once each.
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<WireDifference>> circuits{};

  /// Whether there are none but of the metadata.
  [[nodiscard]] bool same_program() const { return machine.empty() && rules.empty(); }
};

/// Compares two programs rule by rule: rules of one state and condition are compared, whatever
/// their places; numbers of circuits do not count. O(rules · log rules + circuits · modules).
ProgramDifferences program_differences(const Program& a, const Program& b);

}  // namespace nram
