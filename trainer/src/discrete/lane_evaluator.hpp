#pragma once

// Runs candidate programs on 64 examples at once: lane i of every byte vector belongs to example i,
// so a step costs the same whatever circuits the examples happen to be in.

#include "candidate.hpp"

#include <cstdint>
#include <span>
#include <vector>

#include <nram/model-io/example.hpp>

namespace nram::discrete {

inline constexpr unsigned lanes = 64;
using Bytes = std::uint8_t __attribute__((vector_size(lanes)));

/// How much each fault of a candidate costs, per example.
struct Prices {
  double value_seen = 0.15;    ///< taken off a wrong cell whose value was in a register
  double value_written = 0.2;  ///< ... whose value was written somewhere
  double address_seen = 0.1;   ///< ... whose address was in a register
  double was_right = 0.2;      ///< ... that held the right value at some time after a write to it
  double unclean = 0.3;        ///< the largest price of changing cells that are no results
  double not_stopped = 0.15;   ///< not finishing within the step limit
  double late = 0.0;           ///< per step
};

/// What evaluating a candidate tells.
struct Outcome64 {
  double cost = 0.0;        ///< mean over the examples, 0 = all right, clean and stopped
  std::uint64_t rows = 0;   ///< bit r: row r was visited
  std::uint64_t wrong = 0;  ///< bit i: example i has a wrong cell
};

/// Up to 64 examples, packed into lanes.
class Pack {
 public:
  static constexpr unsigned max_cells = 64;

  /// Each example's modulus is its number of cells (≤ max_cells); examples may differ in size.
  explicit Pack(std::span<const Example> examples, unsigned registers);

  unsigned count = 0;
  unsigned cells = 0;       ///< the largest number of cells
  unsigned results = 0;     ///< the largest number of result cells of an example
  unsigned step_limit = 0;  ///< the largest of any example
  Bytes modulus{};
  Bytes steps{};                      ///< step limit of each example
  Bytes used{};                       ///< 0xff for lanes with an example
  std::vector<Bytes> memory;          ///< by cell
  std::vector<Bytes> expected;        ///< by cell
  std::vector<Bytes> counts;          ///< by cell: 0xff where the cell is a result
  std::vector<Bytes> result_address;  ///< by result
  std::vector<Bytes> result_value;
  std::vector<Bytes> result_exists;
  std::vector<Bytes> registers;  ///< initial
};

/// Evaluates candidates of one machine. Reuses its buffers; not for concurrent use.
class LaneEvaluator {
 public:
  LaneEvaluator(const Machine& machine, unsigned states, const Prices& prices);

  Outcome64 evaluate(const Candidate& candidate, const Pack& pack);

 private:
  struct Select {
    std::uint8_t circuit;
    std::uint8_t source;
  };
  // One module (or register) of the merged code of all circuits in use: start with `first`, then
  // override it in the lanes of other circuits.
  struct Argument {
    std::uint8_t first;
    std::uint8_t begin;
    std::uint8_t end;
  };
  struct Operation {
    Opcode opcode;
    std::uint8_t module;
    std::uint8_t output;
    Argument a;
    Argument b;
  };

  void compile(const Candidate& candidate);
  Argument compile_argument(const Candidate& candidate, unsigned index, std::uint32_t circuits,
                            bool is_register);
  Bytes select(const Argument& argument) const;
  double price(const Pack& pack, const Bytes& stopped, const Bytes& taken,
               Outcome64& outcome) const;

  const Machine& machine_;
  unsigned states_;
  Prices prices_;
  std::vector<Operation> operations_;
  std::vector<Argument> register_inputs_;
  std::vector<Select> selects_;
  std::uint32_t in_use_ = 0;  // circuits
  std::vector<Bytes> slots_;
  std::vector<Bytes> memory_;
  std::array<Bytes, max_circuits> in_circuit_{};
  std::vector<Bytes> value_seen_;
  std::vector<Bytes> value_written_;
  std::vector<Bytes> address_seen_;
  std::vector<Bytes> was_right_;
};

}  // namespace nram::discrete
