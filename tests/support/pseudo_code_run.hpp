#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nram/engine/machine.hpp>
#include <nram/engine/modulus.hpp>

namespace nram::test {

/// What became of a run of pseudo-code.
struct PseudoCodeRun {
  enum class End : std::uint8_t { stopped, fault, limit };
  End end = End::stopped;
  std::vector<Word> memory{};
};

/// Runs the lines of a listing as they are written, by what their text says and nothing else; at
/// most `limit` lines. Throws std::runtime_error, with the line, at what is no pseudo-code.
PseudoCodeRun run_pseudo_code(const std::vector<std::string>& lines, const Machine& machine,
                              std::vector<Word> memory, Modulus modulus, std::uint64_t limit);

}  // namespace nram::test
