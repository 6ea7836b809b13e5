#include <stdexcept>

#include <support/hand_written.hpp>
#include <support/program_text.hpp>

namespace nram::test {
namespace {

// READ runs first, so its address is always a register; WRITE runs last and, where a step does not
// mention it, writes back what READ has just read.

Program access() {
  return program_from_text(Machine::standard(2), {{"r0=0", "READ(r0) INC(READ) r0=INC"},
                                                  {"", "READ(r0) WRITE(ZERO,READ)", true}});
}

// r0: the cell after the current one, r1: the current cell's value, r2: started.
Program increment() {
  return program_from_text(
      Machine::standard(3),
      {{"r2=0", "READ(r0) r0=ONE r1=READ r2=ONE"},
       {"r1!=0", "READ(r0) INC(r1) DEC(r0) ADD(r0,ONE) WRITE(DEC,INC) r0=ADD r1=READ"},
       {"", "DEC(r0) WRITE(DEC,r1)", true}});
}

// r0: target, r1: the source cell after the current one, r2: the current value. While r0 is still
// zero, r2 holds p, which cell 0 holds anyway.
Program copy() {
  return program_from_text(
      Machine::standard(3),
      {{"r1=0", "READ(r0) r1=ONE r2=READ"},
       {"r2=0", "DEC(r1) WRITE(DEC,r2)", true},
       {"r0=0", "READ(r1) INC(r1) WRITE(r0,r2) r0=r2 r1=INC r2=READ"},
       {"", "READ(r1) INC(r0) ADD(r1,ONE) WRITE(r0,r2) r0=INC r1=ADD r2=READ"}});
}

// First r1 runs to the end of the array (r0 = 0), then back to cell 0 while r0 walks from p on.
Program reverse() {
  return program_from_text(Machine::standard(3),
                           {{"r1=0 r2!=0", "READ(r1)", true},
                            {"r1=0", "READ(r0) r1=ONE r2=ONE"},
                            {"r0!=0", "READ(r1) INC(r0) DEC(r1) WRITE(r0,READ) r0=INC r1=DEC"},
                            {"r2!=0", "READ(r1) INC(r1) r1=INC r2=READ"},
                            {"", "READ(r0) SUB(r1,TWO) r0=READ r1=SUB r2=ONE"}});
}

// r1: p, r2: q, r0: the value at p.
Program swap() {
  return program_from_text(Machine::standard(3), {{"r0=0 r1=0", "READ(r0) r0=ONE r1=READ"},
                                                  {"r2=0", "READ(r0) r0=ZERO r2=READ"},
                                                  {"r0=0", "READ(r1) r0=READ"},
                                                  {"r1!=0", "READ(r2) WRITE(r1,READ) r1=ZERO"},
                                                  {"", "WRITE(r2,r0)", true}});
}

// r0: a, r1: the index cell, from the last to the first, r2: the cell it points to.
Program permutation() {
  return program_from_text(Machine::standard(3),
                           {{"r0=0", "READ(r0) DEC(READ) r0=READ r1=DEC"},
                            {"r1=0", "READ(r1)", true},
                            {"r2=0", "READ(r1) ADD(r0,READ) r2=ADD"},
                            {"", "READ(r2) DEC(r1) WRITE(r1,READ) r1=DEC r2=ZERO"}});
}

// r0: the node, r1: how many nodes to go.
Program list_k() {
  return program_from_text(Machine::standard(3),
                           {{"r0=0 r1=0 r2=0", "READ(r0) r0=READ r2=ONE"},
                            {"r0!=0 r1!=0 r2=0", "READ(r0) DEC(r1) r0=READ r1=DEC"},
                            {"r0!=0 r1=0 r2!=0", "READ(r2) DEC(READ) r1=DEC r2=ZERO"},
                            {"r0!=0 r1=0 r2=0", "READ(r0) INC(r0) r0=ZERO r1=TWO r2=INC"},
                            {"r0=0 r1!=0 r2!=0", "READ(r1) r0=READ"},
                            {"", "READ(r2) WRITE(r0,READ)", true}});
}

// Looking at a value: r0 is its cell, r2 = 0. After that r0 says whether it was v (r1), r2 is the
// node.
Program list_search() {
  return program_from_text(Machine::standard(3),
                           {{"r0!=0 r1!=0 r2=0", "READ(r0) DEC(r0) EQ(READ,r1) r0=EQ r2=DEC"},
                            {"r0=0 r1!=0 r2!=0", "READ(r2) INC(READ) r0=INC r2=ZERO"},
                            {"r0=0 r1=0", "READ(r0) r0=ONE"},
                            {"r1=0 r2=0", "READ(r0) r0=ZERO r1=READ"},
                            {"r0=0", "READ(r0) INC(READ) r0=INC"},
                            {"r1!=0", "READ(r2) r0=TWO r1=ZERO"},
                            {"", "READ(r0) WRITE(READ,r2)", true}});
}

// r0, r1: the next cells of A and B, r2: target, r3, r4: the first values not yet written (0: that
// array is exhausted), r5: A's comes first; during the start, the cell to read.
Program merge() {
  constexpr auto from_a =
      "READ(r0) INC(r0) ADD(r2,ONE) LE(READ,r4) WRITE(r2,r3) "
      "r0=INC r2=ADD r3=READ r5=LE";
  constexpr auto from_b =
      "READ(r1) INC(r1) ADD(r2,ONE) LE(r3,READ) WRITE(r2,r4) "
      "r1=INC r2=ADD r4=READ r5=LE";
  return program_from_text(
      Machine::standard(6),
      {{"r3!=0 r4!=0 r5!=0", from_a},
       {"r3!=0 r4!=0", from_b},
       {"r3=0 r4!=0", "READ(r1) INC(r1) ADD(r2,ONE) WRITE(r2,r4) r1=INC r2=ADD r4=READ r5=ZERO"},
       {"r3!=0 r5=0", "READ(r0) INC(r0) ADD(r2,ONE) WRITE(r2,r3) r0=INC r2=ADD r3=READ"},
       {"r3!=0", "READ(r1) INC(r1) LE(r3,READ) r1=INC r4=READ r5=LE"},
       {"r0=0 r1=0", "READ(r0) r0=READ r5=ONE"},
       {"r5=0", "READ(r3)", true},
       {"r1=0", "READ(r5) r1=READ r5=TWO"},
       {"r2=0", "READ(r5) r2=READ"},
       {"", "READ(r0) INC(r0) r0=INC r3=READ"}});
}

// Choosing: r0 is the node, r1 the next direction's cell, r2 = 0. Then r0 is the direction, r2 the
// node plus the direction: the cell of the child, or at the end of the value.
Program walk_bst() {
  return program_from_text(Machine::standard(3),
                           {{"r0=0 r1=0 r2=0", "READ(r0) r0=READ r1=TWO"},
                            {"r1!=0 r2=0", "READ(r1) INC(r1) ADD(r0,READ) r0=READ r1=INC r2=ADD"},
                            {"r0!=0 r1!=0", "READ(r2) r0=READ r2=ZERO"},
                            {"r1!=0", "READ(r2) r0=READ r1=ZERO r2=ONE"},
                            {"", "READ(r2) WRITE(READ,r0)", true}});
}

}  // namespace

const std::vector<HandWritten>& hand_written_programs() {
  static const std::vector<HandWritten> programs = {
      {"access", access()}, {"increment", increment()},
      {"copy", copy()},     {"reverse", reverse()},
      {"swap", swap()},     {"permutation", permutation()},
      {"list-k", list_k()}, {"list-search", list_search()},
      {"merge", merge()},   {"walk-bst", walk_bst()}};
  return programs;
}

const Program& hand_written_program(const std::string& task) {
  for (const HandWritten& candidate : hand_written_programs()) {
    if (candidate.task == task) {
      return candidate.program;
    }
  }
  throw std::out_of_range("no hand-written program for " + task);
}

}  // namespace nram::test
