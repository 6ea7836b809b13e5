// Twenty million cells: right, quick, and in little more memory than the array itself.

#include "fixtures.hpp"

#include <string>
#include <string_view>

#include <doctest/doctest.h>

namespace nram::test {
namespace {

TEST_CASE("20 million cells of 64 bits: the result is right, peak memory below 1.2 arrays") {
  // Sanitizers keep shadow memory of their own; a tenth of the cells shows what they can find.
  const std::string length = sanitized ? "999999" : "9999999";
  const std::size_t array_bytes = 8 * 2 * (std::stoul(length) + 1);
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "copy");
  const std::string in = directory / "in.npy";
  const std::string out = directory / "out.npy";
  REQUIRE(nram({"example", "copy", "--length", length, "-o", in}).exit_code == 0);

  const Ended ended = nram({"run", program, in, "-o", out, "--json"});
  REQUIRE(ended.exit_code == 0);
  CHECK(report_of(ended)["cells"].get<std::size_t>() == array_bytes / 8);
  MESSAGE("peak memory / array: ",
          static_cast<double>(ended.peak_bytes) / static_cast<double>(array_bytes),
          ", seconds: ", report_of(ended)["seconds"].get<double>());
  if (!sanitized) {
    CHECK(ended.peak_bytes < array_bytes / 5 * 6);
  }
  CHECK(nram({"example", "copy", "--length", length, "--check", out}).exit_code == 0);

  const Ended in_place = nram({"run", program, in, "--in-place"});
  CHECK(in_place.exit_code == 0);
  CHECK(shell("cmp '" + in + "' '" + out + "'").exit_code == 0);
}

TEST_CASE("--in-place needs no memory of its own for an array larger than the limit") {
  if (sanitized) {
    return;  // their shadow memory alone is above any limit
  }
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "increment");
  const std::string in = directory / "in.npy";
  constexpr std::size_t cells = 20'000'000;
  REQUIRE(nram({"example", "increment", "--length", std::to_string(cells - 1), "--modulus", "word",
                "-o", in})
              .exit_code == 0);
  // What a process may allocate, in KiB: the array is 160 MB.
  const std::string limited = "ulimit -d 100000; exec nram run '" + program + "' '" + in + "' ";
  const Ended copied = shell(limited + "-o '" + (directory / "out.npy") + "'");
  CHECK(copied.exit_code == 3);
  CHECK(copied.err.find("does not fit into this computer's RAM") != std::string::npos);
  const Ended in_place = shell(limited + "--in-place --modulus word --json");
  CAPTURE(in_place.err);
  CHECK(in_place.exit_code == 0);
  CHECK(report_of(in_place)["vectorised_steps"].get<std::size_t>() > cells / 10 * 9);
  CHECK(nram({"example", "increment", "--length", std::to_string(cells - 1), "--modulus", "word",
              "--check", in})
            .exit_code == 0);
}

}  // namespace
}  // namespace nram::test
