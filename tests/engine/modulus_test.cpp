#include <doctest/doctest.h>
#include <rapidcheck.h>
#include <support/errors.hpp>

#include <nram/engine/memory.hpp>
#include <nram/engine/modulus.hpp>

using namespace nram;
using namespace nram::test;

namespace {

// __extension__: 128-bit integers are not C++, but they make the expected values obvious.
__extension__ using Wide = unsigned __int128;

Wide wide_value(Modulus m) { return m.value() == 0 ? Wide{1} << 64U : Wide{m.value()}; }

}  // namespace

TEST_CASE("arithmetic is that of Z_M for every modulus up to 2^64") {
  const bool holds = rc::check("modular arithmetic", [](Word bound, Word x, Word y) {
    const Modulus m = bound == 0 ? Modulus::word64() : Modulus::of(bound);
    const Wide M = wide_value(m);
    const Word a = m.reduce(x);
    const Word b = m.reduce(y);
    RC_ASSERT(Wide{a} == Wide{x} % M);
    RC_ASSERT(m.contains(a));
    RC_ASSERT(Wide{m.add(a, b)} == (Wide{a} + b) % M);
    RC_ASSERT(Wide{m.sub(a, b)} == (Wide{a} + M - b) % M);
    RC_ASSERT(Wide{m.inc(a)} == (Wide{a} + 1) % M);
    RC_ASSERT(Wide{m.dec(a)} == (Wide{a} + M - 1) % M);
  });
  CHECK(holds);
}

TEST_CASE("the edges of large moduli") {
  for (const Modulus m :
       {Modulus::word64(), Modulus::word32(), Modulus::of(~Word{0}), Modulus::of(1)}) {
    CAPTURE(m.to_string());
    CHECK(m.inc(m.largest()) == 0);
    CHECK(m.dec(0) == m.largest());
    CHECK(m.add(m.largest(), m.largest()) == m.dec(m.largest()));
    CHECK(m.sub(0, m.largest()) == m.reduce(1));
  }
}

TEST_CASE("moduli have names and limits") {
  CHECK(Modulus::word64().to_string() == "2^64");
  CHECK(Modulus::word32().to_string() == "2^32");
  CHECK(Modulus::of(20).to_string() == "20");
  CHECK(word_modulus(CellType::u32) == Modulus::word32());
  CHECK(word_modulus(CellType::u64) == Modulus::word64());
  CHECK(mentions(message_of(ErrorKind::usage, [] { (void)Modulus::of(0); }), "at least 1"));
}
