#include "discrete/proposals/moves.hpp"

#include <doctest/doctest.h>

#include <nram/trainer/random.hpp>

namespace nram::discrete {
namespace {

constexpr std::uint8_t free_register = 2;

// Two idle steps that follow each other for ever. Register 2 is free after both.
struct Loop {
  Machine machine = Machine::standard(4);
  Candidate candidate;
  Traits traits;

  Loop() {
    candidate.circuit_count = 1;
    for (std::uint8_t r = 0; r < 4; ++r) {
      candidate.circuits[0].registers[r] = r;
    }
    candidate.next_state = {1, 1, 0, 0};
    traits.rows = 0b1111;
    traits.live.fill(0b1111 & ~(1U << free_register));
  }
};

bool compares(const Machine& machine, const Wiring& wiring, unsigned r) {
  const unsigned source = wiring.registers[r];
  return source >= machine.registers() &&
         machine.modules()[source - machine.registers()].arity == 2;
}

TEST_CASE("guarding the next step computes a comparison and does one of two things by it") {
  Random random(3);
  const Loop loop;
  const Moves moves(loop.machine, 4);
  unsigned by_free = 0;
  unsigned by_other = 0;
  for (int i = 0; i < 100000; ++i) {
    Candidate changed = loop.candidate;
    moves.mutate(changed, loop.traits, random);
    // Without a state more, state 1 does one of two things now, by what state 0 has compared.
    const bool branches =
        changed.next_state == loop.candidate.next_state &&
        changed.circuit[2] != changed.circuit[3] &&
        changed.circuits[changed.circuit[2]] != changed.circuits[changed.circuit[3]];
    if (branches &&
        compares(loop.machine, changed.circuits[changed.circuit[0]], changed.tests[1])) {
      ++(changed.tests[1] == free_register ? by_free : by_other);
    }
  }
  CHECK(by_free > 300);
  CHECK(by_free > 4 * by_other);  // other moves branch, too
}

TEST_CASE("states beyond the limit stay unused") {
  Random random(4);
  const Machine machine = Machine::standard(4);
  Moves moves(machine, 6);
  const auto used_at_most = [&](unsigned limit) {
    Candidate candidate = moves.random_candidate(random);
    unsigned most = 0;
    for (int i = 0; i < 20000; ++i) {
      moves.mutate(candidate, {reachable_rows(machine, 6, candidate)}, random);
      for (std::uint64_t rows = reachable_rows(machine, 6, candidate) >> (2 * most); rows != 0;
           rows >>= 2U) {
        ++most;
      }
      REQUIRE(most <= limit);
    }
    return most;
  };
  moves.limit_states(4);
  CHECK(used_at_most(4) == 4);
  moves.limit_states(6);
  CHECK(used_at_most(6) == 6);
}

TEST_CASE("registers keep their values as often as they are asked to") {
  Random random(5);
  const Machine machine = Machine::standard(6);
  for (const double rate : {0.0, 0.9}) {
    const Moves moves(machine, 6, {rate, 0.0});
    unsigned kept = 0;
    unsigned registers = 0;
    for (int i = 0; i < 500; ++i) {
      const Candidate candidate = moves.random_candidate(random);
      for (unsigned c = 0; c < candidate.circuit_count; ++c) {
        for (unsigned r = 0; r < 6; ++r) {
          kept += candidate.circuits[c].registers[r] == r ? 1 : 0;
          ++registers;
        }
      }
    }
    const double share = static_cast<double>(kept) / registers;
    CHECK(share >= rate);
    CHECK(share < rate + 0.1);
  }
}

}  // namespace
}  // namespace nram::discrete
