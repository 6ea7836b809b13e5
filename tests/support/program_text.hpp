#pragma once

#include <initializer_list>
#include <string_view>

#include <nram/engine/program.hpp>

namespace nram::test {

/// The machine of these modules of the standard table, in this order.
Machine machine_of(unsigned registers, std::initializer_list<std::string_view> names);

/// One rule of a program written as text.
struct TextRule {
  std::string_view condition;  ///< "r0=0 r2!=0"; "" always applies
  std::string_view circuit;    ///< "READ(r0) WRITE(r0,READ) r1=INC"; what is not said is as a
                               ///< CircuitBuilder leaves it: WRITE writes back what READ has read
  bool finish = false;
  std::uint32_t state = 0;
  std::uint32_t next_state = 0;
};

/// The program with these rules (the first that matches applies); equal texts are one circuit.
/// Throws Error(data) if a text does not parse.
Program program_from_text(const Machine& machine, std::initializer_list<TextRule> rules);

/// One circuit as in TextRule::circuit.
Circuit circuit_from_text(const Machine& machine, std::string_view text);

}  // namespace nram::test
