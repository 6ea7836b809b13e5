#include <numeric>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <nram/engine/parallel.hpp>

using namespace nram;

TEST_CASE("parallel ranges cover everything once" * doctest::test_suite("parallel")) {
  for (const std::size_t count : {0, 1, 7, 100000}) {
    std::vector<int> visits(count, 0);
    parallel_ranges(count, 16, [&](std::size_t begin, std::size_t end) {
      CHECK(begin < end);
      for (std::size_t i = begin; i != end; ++i) {
        ++visits[i];
      }
    });
    CHECK(visits == std::vector<int>(count, 1));
  }
}

TEST_CASE("an exception of a body is passed on" * doctest::test_suite("parallel")) {
  const auto body = [](std::size_t begin, std::size_t end) {
    if (begin <= 500 && 500 < end) {
      throw std::runtime_error("at 500");
    }
  };
  CHECK_THROWS_WITH(parallel_ranges(1000, 1, body), "at 500");
}
