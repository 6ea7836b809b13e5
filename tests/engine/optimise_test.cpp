// What the passes find. That they change nothing else is for the differential and exhaustive tests.

#include <set>

#include <doctest/doctest.h>
#include <support/hand_written.hpp>
#include <support/program_text.hpp>

#include <nram/engine/optimise.hpp>

using namespace nram;
using namespace nram::test;

namespace {

std::string optimised(const Program& program, bool every_address_exists = false) {
  return optimised_text(program, {}, every_address_exists).listing;
}

// The listing of a program of three registers that runs `circuit` for ever.
std::string endless(std::string_view circuit) {
  return optimised(program_from_text(Machine::standard(3), {{"", circuit}}));
}

}  // namespace

TEST_CASE("passes have names of their own and can be switched off") {
  std::set<std::string_view> names;
  for (const PassInfo& info : passes()) {
    names.insert(info.name);
    CHECK(!info.summary.empty());
    CHECK(OptimisationOptions().enabled(info.pass));
    CHECK(!OptimisationOptions().disable(info.pass).enabled(info.pass));
    CHECK(OptimisationOptions::none().enable(info.pass).enabled(info.pass));
  }
  CHECK(names.size() == passes().size());
}

TEST_CASE("an idle step is seen to do nothing") {
  CHECK(endless("READ(r0) WRITE(r0,READ)") ==
        "start in block 0\n\nblock 0 (state 0, always)\n  go to block 0\n");
}

TEST_CASE("an idle write to a cell that may not exist keeps its check") {
  const Program program = program_from_text(
      Machine::standard(2),
      {{"r0=0", "READ(r0) WRITE(r0,READ) r0=READ"}, {"", "READ(r0) WRITE(r0,READ) r1=TWO"}});
  const std::string checked = optimised(program);
  CHECK(checked.find("check mem[r0] exists\n  r1 := 2") != std::string::npos);
  CHECK(optimised(program, true).find("check") == std::string::npos);
}

TEST_CASE("algebra") {
  // r1 and r2 are not known: they come from memory.
  constexpr auto start = "READ(r0) WRITE(r0,READ) r0=ONE r1=READ r2=READ";
  const auto stored_value = [&](std::string_view circuit) {
    const std::string text =
        optimised(program_from_text(Machine::standard(3), {{"r0=0", start}, {"", circuit, true}}));
    const std::size_t begin = text.find(":= ", text.find("r0≠0")) + 3;
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  CHECK(stored_value("INC(r2) DEC(INC) WRITE(ZERO,DEC)") == "r2");
  CHECK(stored_value("SUB(r2,r2) WRITE(ZERO,SUB)") == "0");
  CHECK(stored_value("MIN(r2,r2) WRITE(ZERO,MIN)") == "r2");
  CHECK(stored_value("ADD(ZERO,r2) WRITE(ZERO,ADD)") == "r2");
  CHECK(stored_value("ADD(TWO,TWO) DEC(ADD) WRITE(ZERO,DEC)") == "3");
  CHECK(stored_value("ADD(r1,r2) SUB(ADD,r1) WRITE(ZERO,SUB)") == "r2");
  CHECK(stored_value("LE(ZERO,r2) WRITE(ZERO,LE)") == "1");
  CHECK(stored_value("LT(r2,ZERO) WRITE(ZERO,LT)") == "0");
  CHECK(stored_value("EQ(r0,ONE) WRITE(ZERO,EQ)") == "1");
  CHECK(stored_value("MAX(ZERO,r2) WRITE(ZERO,MAX)") == "r2");
  CHECK(stored_value("LE(r1,r2) MAX(LE,r0) WRITE(ZERO,MAX)") == "1");
}

TEST_CASE("unreachable masks go and successors are decided where they are known") {
  const Program program = program_from_text(
      Machine::standard(3), {{"r0=0 r1=0 r2=0", "WRITE(r0,ONE) r0=ONE"},
                             {"r0!=0 r1=0 r2=0", "WRITE(r0,ONE) r1=TWO"},
                             {"r0!=0 r1!=0 r2=0", "WRITE(r0,TWO)", true},
                             {"", "READ(r2) INC(r0) WRITE(r1,READ) r0=READ r1=r2 r2=INC"}});
  const OptimisedText text = optimised_text(program, {}, true);
  CHECK(text.blocks == 3);
  CHECK(text.listing.find("if ") == std::string::npos);
}

TEST_CASE("the hand-written programs become about as small as a person would write them") {
  const auto size = [](const char* task) {
    return optimised_text(hand_written_program(task), {}, true).instructions;
  };
  CHECK(size("access") <= 4);
  CHECK(size("copy") <= 11);
  CHECK(size("permutation") <= 8);
  for (const HandWritten& written : hand_written_programs()) {
    CAPTURE(written.task);
    const OptimisedText before = optimised_text(written.program, OptimisationOptions::none(), true);
    const OptimisedText after = optimised_text(written.program, {}, true);
    CHECK(after.instructions < before.instructions);
    CHECK(after.blocks <= before.blocks);
  }
}
