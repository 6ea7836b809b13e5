#pragma once

// What is known about values before a program runs: abstract interpretation over all blocks.

#include <optional>
#include <vector>

#include <nram/engine/flow.hpp>

namespace nram::flow {

/// What is known about one value, for every modulus from smallest_modulus on.
struct Fact {
  enum class Kind : std::uint8_t {
    constant,  ///< it is `value` mod M
    boolean,   ///< it is 0 or 1
    nonzero,
    any,
  };
  Kind kind = Kind::any;
  std::int64_t value = 0;
  bool is_address = false;  ///< there is a cell of this number

  static Fact constant(std::int64_t k) { return {Kind::constant, k, k == 0}; }

  [[nodiscard]] bool is_constant(std::int64_t k) const {
    return kind == Kind::constant && value == k;
  }
  [[nodiscard]] bool never_zero() const;
  [[nodiscard]] bool is_boolean() const;

  friend bool operator==(const Fact&, const Fact&) = default;
};

/// What holds for a value that may come from either.
Fact join(const Fact& a, const Fact& b);

/// What holds if the value is (not) zero as well; nothing if that is impossible.
std::optional<Fact> refine(const Fact& fact, bool zero);

/// Facts about the registers when a block starts.
using Entry = std::vector<Fact>;

/// Facts of one block: of every instruction's result, and of the registers afterwards.
class BlockFacts {
 public:
  BlockFacts(const Block& block, Entry entry);

  [[nodiscard]] Fact of(Operand operand) const;
  /// Facts about the registers when the next block starts.
  [[nodiscard]] Entry after(const Block& block) const;
  /// Whether instruction i is a check of an address that is known to exist.
  [[nodiscard]] bool is_idle_check(std::size_t i) const { return idle_checks_[i]; }

 private:
  [[nodiscard]] Fact result(const Instruction& instruction) const;
  void set_address(Operand operand);

  Entry inputs_;
  std::vector<Fact> results_;
  std::vector<bool> idle_checks_;
};

/// For every block the facts at its start, or nothing if it is never reached.
std::vector<std::optional<Entry>> find_facts(const Flow& flow);

/// What a block's own condition alone says.
Entry condition_facts(const Flow& flow, const Block& block);

/// The blocks among the targets of `decision` that can follow under these facts.
Members possible_targets(const Flow& flow, const Decision& decision, const Entry& facts);

}  // namespace nram::flow
