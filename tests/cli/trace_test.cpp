// nram run --trace: what is shown of a run, and where it ends.

#include "fixtures.hpp"

#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/errors.hpp>
#include <support/program_text.hpp>

#include <nram/model-io/program_file.hpp>

namespace nram::test {
namespace {

const std::string traced_samples = NRAM_SOURCE_DIR "/samples/";
const std::string copy_program = traced_samples + "programs/copy.json";
const Launch traced_input{.input = "5 7 8 9 0 0 0 0 0\n"};

Ended run_trace(const std::string& program, std::vector<std::string> options,
                const Launch& launch = traced_input) {
  options.insert(options.begin(), {"run", program, "-", "--trace"});
  return nram(options, launch);
}

// The objects, one a line.
std::vector<nlohmann::json> trace_lines(const Ended& ended) {
  std::vector<nlohmann::json> lines;
  std::istringstream stream(ended.out);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(nlohmann::json::parse(line));
  }
  return lines;
}

TEST_CASE("a trace shows every step with registers, reads, writes and values") {
  const Ended ended = run_trace(copy_program, {});
  CHECK(ended.exit_code == 0);
  CHECK(ended.err.empty());
  CHECK(ended.out ==
        "step  state  rule               r0  r1  r2  r3  read        write          values\n"
        "   1      0  always (c0), to 1   0   0   0   0  mem[0] = 5  mem[0] = 5     INC=1\n"
        "   2      1  always (c1), to 2   5   0   0   1  mem[1] = 7  mem[1] = 7     INC=2\n"
        "   3      2  always (c2), to 3   5   7   0   2  mem[2] = 8  mem[2] = 8     INC=3\n"
        "   4      3  r2≠0 (c3)           5   7   8   3  mem[3] = 9  mem[5] 0 -> 7  INC=6 ADD=4\n"
        "   5      3  r2≠0 (c3)           6   8   9   4  mem[4] = 0  mem[6] 0 -> 8  INC=7 ADD=5\n"
        "   6      3  r2=0 (c4), stop     7   9   0   5  mem[0] = 5  mem[7] 0 -> 9  INC=8 ADD=12\n"
        "finished after 6 steps; registers r0=8 r1=0 r2=5 r3=12\n");
}

TEST_CASE("a trace as lines of JSON") {
  const auto lines = trace_lines(run_trace(copy_program, {"--json"}));
  REQUIRE(lines.size() == 7);
  const auto& fourth = lines[3];
  CHECK(fourth["step"] == 4);
  CHECK(fourth["state"] == 3);
  CHECK(fourth["rule"] == 3);
  CHECK(fourth["circuit"] == "c3");
  CHECK(fourth["registers"] == std::vector<int>{5, 7, 8, 3});
  CHECK(fourth["reads"] == nlohmann::json::parse(R"([{"address": 3, "value": 9}])"));
  CHECK(fourth["write"] == nlohmann::json::parse(R"({"address": 5, "before": 0, "value": 7})"));
  CHECK(fourth["values"]["ADD"] == 4);
  CHECK(fourth["finish"] == false);
  CHECK(lines[5]["finish"] == true);
  CHECK(lines[6]["end"]["outcome"] == "finished");
  CHECK(lines[6]["end"]["steps"] == 6);
  CHECK(lines[6]["end"]["shown"] == 6);
  CHECK(lines[6]["end"]["registers"] == std::vector<int>{8, 0, 5, 12});
}

TEST_CASE("a trace is bounded: by its first step, the number of steps, a cell") {
  const Ended some = run_trace(copy_program, {"--trace-from", "2", "--trace-steps", "2"});
  CHECK(some.exit_code == 0);
  CHECK(count_of("\n", some.out) == 4);
  CHECK(mentions(some.out, "\n   2 ", "\n   3 ", "2 steps are shown, as many as --trace-steps says",
                 "--trace-from 4 goes on"));
  // All that there are: nothing is missing.
  CHECK(mentions(run_trace(copy_program, {"--trace-steps", "6"}).out, "finished after 6 steps"));

  const auto cell = trace_lines(run_trace(copy_program, {"--trace-cell", "6", "--json"}));
  REQUIRE(cell.size() == 2);
  CHECK(cell[0]["step"] == 5);
  CHECK(cell[1]["end"]["steps"] == 6);
  CHECK(cell[1]["end"]["shown"] == 1);
  const auto read = trace_lines(run_trace(copy_program, {"--trace-cell", "0", "--json"}));
  REQUIRE(read.size() == 3);
  CHECK(read[1]["step"] == 6);

  // Without a bound there is one.
  const ScratchDirectory directory;
  const Ended endless = run_trace(endless_program(directory), {"--json"});
  CHECK(endless.exit_code == 0);
  const auto lines = trace_lines(endless);
  REQUIRE(lines.size() == 201);
  CHECK(lines.back()["end"]["outcome"] == "not traced further");
  CHECK(
      mentions(lines.back()["end"]["text"].get<std::string>(), "as many as without --trace-steps"));
}

TEST_CASE("a trace of a huge run takes no more memory, and its columns grow") {
  const ScratchDirectory directory;
  const Ended ended = run_trace(endless_program(directory),
                                {"--trace-from", "1M", "--steps", "1000002"}, {.input = "0\n"});
  CHECK(ended.exit_code == 1);
  CHECK(ended.out ==
        "   step  rule         r0  read              write                      values\n"
        "1000000  always (c0)   0  mem[0] = 999999   mem[0] 999999 -> 1000000   INC=1000000\n"
        "1000001  always (c0)   0  mem[0] = 1000000  mem[0] 1000000 -> 1000001  INC=1000001\n"
        "1000002  always (c0)   0  mem[0] = 1000001  mem[0] 1000001 -> 1000002  INC=1000002\n"
        "did not finish after 1000002 steps; registers r0=0\n");
  const Ended long_trace =
      run_trace(endless_program(directory), {"--trace-steps", "300k", "--json"}, {.input = "0\n"});
  CHECK(count_of("\n", long_trace.out) == 65600 + 1);  // as many as the run is given
  constexpr std::size_t megabyte = 1U << 20U;
  const Ended cell = run_trace(endless_program(directory), {"--trace-cell", "7", "--steps", "1M"},
                               {.input = "0\n"});
  CHECK(cell.exit_code == 1);
  CHECK(mentions(cell.out, "did not finish after 1000000 steps"));
  CHECK(cell.peak_bytes < (sanitized ? 1024U : 256U) * megabyte);
}

TEST_CASE("a trace shows the step that faults") {
  const ScratchDirectory directory;
  const Ended ended =
      run_trace(runaway_program(directory), {"--modulus", "word"}, {.input = "0 0\n"});
  CHECK(ended.exit_code == 1);
  CHECK(mentions(ended.out, "fault: WRITE of address 2  INC=3\n",
                 "fault: WRITE of address 2 in step 3 (memory has 2 cells; registers r0=2)"));
  const auto lines = trace_lines(
      run_trace(runaway_program(directory), {"--modulus", "word", "--json"}, {.input = "0 0\n"}));
  REQUIRE(lines.size() == 4);
  CHECK(lines[2]["fault"]["module"] == "WRITE");
  CHECK(lines[2]["fault"]["address"] == 2);
  CHECK(lines[2]["write"].is_null());
  CHECK(lines[3]["end"]["outcome"] == "fault");
  CHECK(lines[3]["end"]["steps"] == 2);
}

TEST_CASE("a trace until another program does something else") {
  const ScratchDirectory directory;
  const std::string reverse = traced_samples + "programs/reverse.json";
  const Ended ended = run_trace(copy_program, {"--trace-until-differs", reverse});
  CHECK(ended.exit_code == 1);
  CHECK(mentions(ended.out, reverse + ":\nstep ", "they differ at the first write",
                 "copy.json writes mem[5] 0 -> 7 in step 4",
                 "reverse.json writes mem[5] 0 -> 9 in step "));
  CHECK(count_of("mem[6]", ended.out) == 0);  // nothing behind the difference
  const auto lines = trace_lines(
      run_trace(copy_program, {"--trace-until-differs", reverse, "--trace-steps", "2", "--json"}));
  REQUIRE(lines.size() == 3);
  CHECK(lines[0]["step"] == 3);
  const auto& end = lines[2]["end"];
  CHECK(end["difference"]["equal_writes"] == 0);
  CHECK(end["difference"]["a"]["write"]["value"] == 7);
  CHECK(end["difference"]["b"]["write"]["value"] == 9);
  CHECK(end["other"]["write"]["value"] == 9);
  // Other steps, the same writes.
  const std::string by_hand = task_program(directory, "copy");
  const Ended same = run_trace(copy_program, {"--trace-until-differs", by_hand});
  CHECK(same.exit_code == 0);
  CHECK(mentions(same.out, "no difference: the same writes"));
}

TEST_CASE("a live trace shows how sure the network is, and the soft machine") {
  const std::string model = traced_samples + "models/copy.safetensors";
  const Launch input{.input = "5 7 8 4 0 0 0 0 0\n"};
  const auto hard = trace_lines(run_trace(copy_program, {"--json", "--modulus", "cells"}, input));
  const auto live =
      trace_lines(run_trace(model, {"--live", "--json", "--modulus", "cells"}, input));
  REQUIRE(live.size() == hard.size());
  for (std::size_t i = 0; i + 1 < live.size(); ++i) {
    CAPTURE(i);
    CHECK(live[i]["registers"] == hard[i]["registers"]);
    CHECK(live[i]["write"] == hard[i]["write"]);
    CHECK(live[i]["chosen"]["READ[0]"].begin().value().get<double>() > 0.5);
    CHECK_FALSE(live[i].contains("rule"));
    for (std::size_t r = 0; r < 4; ++r) {  // a model that is sure: soft is hard
      const auto& likeliest = live[i]["soft"]["registers"][r][0];
      CHECK(likeliest["value"] == live[i]["registers"][r]);
      CHECK(likeliest["probability"].get<double>() > 0.9);
    }
  }
  const Ended text = run_trace(model, {"--live", "--modulus", "cells"}, input);
  CHECK(mentions(text.out, "seen", "chosen: each choice above 0.9995; finish 0.000",
                 "soft:   r0 is 0 1.000;"));
  const Ended word = run_trace(model, {"--live", "--modulus", "word"}, input);
  CHECK(mentions(word.err, "--modulus cells shows them"));
  CHECK(count_of("soft:", word.out) == 0);
  // One that is in doubt says so.
  const ScratchDirectory directory;
  const Ended doubtful =
      run_trace(random_model(directory), {"--live", "--modulus", "cells"}, input);
  CHECK(mentions(doubtful.out, "READ[0] from r"));
  CHECK(count_of("surely", doubtful.out) == 0);
}

TEST_CASE("what a trace cannot do is refused") {
  const Ended two = run_trace(copy_program, {}, {.input = "5 0\n6 0\n"});
  CHECK(two.exit_code == 2);
  CHECK(mentions(two.err, "standard input has 2 memories", "one"));
  CHECK(run_trace(copy_program, {"-o", "-"}).exit_code == 2);
  CHECK(run_trace(copy_program, {"--threads", "2"}).exit_code == 2);
  CHECK(run_trace(copy_program, {"--engine", "jit"}).exit_code == 2);
  CHECK(run_trace(copy_program, {"--trace-until-differs", copy_program, "--trace-cell", "1"})
            .exit_code == 2);
  CHECK(run_trace(copy_program, {"--trace-steps", "0"}).exit_code == 2);
  CHECK(run_trace(copy_program, {"--live"}).exit_code == 2);
  CHECK(nram({"run", copy_program, "-", "-o", "-", "--trace-from", "3"}, traced_input).exit_code ==
        2);
  CHECK(run_trace(copy_program, {"--trace-until-differs", "/nowhere.json"}).exit_code == 3);
}

TEST_CASE("a trace shows signed numbers as such") {
  const ScratchDirectory directory;
  const Program program =
      program_from_text(Machine::standard(1, Order::signed_numbers),
                        {{"", "READ(r0) DEC(READ) WRITE(r0,DEC)", /*finish=*/true}});
  write_program(program, directory / "p.json");
  const Ended ended = run_trace(directory / "p.json", {}, {.input = "-3\n"});
  CHECK(mentions(ended.out, "mem[0] = -3  mem[0] -3 -> -4  DEC=-4"));
  const auto lines = trace_lines(run_trace(directory / "p.json", {"--json"}, {.input = "-3\n"}));
  CHECK(lines[0]["write"]["value"] == -4);
}

}  // namespace
}  // namespace nram::test
