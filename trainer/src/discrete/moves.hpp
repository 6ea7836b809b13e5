#pragma once

// Random changes to a candidate, the proposal distribution of the discrete search. None knows a
// task.

#include "candidate.hpp"

#include <nram/trainer/random.hpp>

namespace nram::discrete {

class Moves {
 public:
  Moves(const Machine& machine, unsigned states) : machine_(machine), states_(states) {}

  /// A random candidate: a few random circuits, every row pointing at one of them.
  Candidate random_candidate(Random& random) const;

  /// One to four changes, on rows whose bit in `visited` is set (any row if none is).
  void mutate(Candidate& candidate, std::uint64_t visited, Random& random) const;

  /// Rows of `a` and `b` mixed; circuits come along with their rows while there is room.
  Candidate cross(const Candidate& a, const Candidate& b, Random& random) const;

 private:
  std::uint8_t expression(Wiring& wiring, unsigned limit, unsigned depth, Random& random) const;
  void rewrite_write(Wiring& wiring, Random& random) const;
  void rewire_live(Wiring& wiring, Random& random) const;
  std::vector<bool> live(const Wiring& wiring) const;
  unsigned pick_row(std::uint64_t visited, Random& random) const;
  int find_module(Opcode opcode) const;
  void change(Candidate& candidate, std::uint64_t visited, Random& random) const;
  bool split_off(Candidate& candidate, unsigned row) const;

  [[nodiscard]] unsigned rows() const { return states_ * machine_.masks(); }

  const Machine& machine_;
  unsigned states_;
};

}  // namespace nram::discrete
