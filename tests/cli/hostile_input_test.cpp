// Files of strangers that would take all time or memory.

#include "fixtures.hpp"

#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/resource.h>

namespace nram::test {
namespace {

// Sixteen registers in pairs: which rule holds takes a decision of thousands of tests, behind each
// of thousands of blocks.
std::string program_of_pairs() {
  constexpr unsigned registers = 16;
  std::string rules;
  for (const bool first_is_zero : {true, false}) {
    for (unsigned r = 0; r < registers; r += 2) {
      rules +=
          fmt::format(R"({{"when":{{"r{}":"{}","r{}":"{}"}},"circuit":{}}},)", r,
                      first_is_zero ? "zero" : "nonzero", r + 1, first_is_zero ? "nonzero" : "zero",
                      (r / 2 + (first_is_zero ? 0 : 1)) % 2);
    }
  }
  return R"({"format":"nram-program","version":1,"registers":16,"modules":["INC"],)"
         R"("circuits":[{"registers":{"r0":"r0"}},{"registers":{"r0":"r1"}}],)"
         R"("controller":[)" +
         rules + R"({"circuit":0}]})" + "\n";
}

TEST_CASE("inspect --optimised of a program with huge decisions is bounded and says so") {
  const ScratchDirectory directory;
  write_text(directory / "pairs.json", program_of_pairs());
  const Ended listing = nram({"inspect", directory / "pairs.json", "--optimised"});
  CHECK(listing.exit_code == 0);
  CHECK(listing.out.find("the passes stopped early") != std::string::npos);
  CHECK(listing.out.find("go on as decision 0 says") != std::string::npos);
  constexpr std::size_t bytes_of_a_long_listing = 64U << 20U;
  CHECK(listing.out.size() < bytes_of_a_long_listing);
}

// As many states as there may be, each with rules of its own and a way to another one.
std::string program_of_many_states() {
  constexpr unsigned states = 4096;
  constexpr unsigned registers = 8;
  std::string rules;
  for (unsigned s = 0; s < states; ++s) {
    rules += fmt::format(
        R"({{"state":{},"when":{{"r{}":"zero","r{}":"nonzero"}},"circuit":{},"next":{}}},)"
        R"({{"state":{},"circuit":{},"next":{}}},)",
        s, s % registers, (s + 3) % registers, s * 7 % 2, (s * 13 + 5) % states, s, s % 2,
        (s + 1) % states);
  }
  rules.pop_back();
  return R"({"format":"nram-program","version":1,"registers":8,"modules":["INC","ADD"],)"
         R"("circuits":[{"arguments":{"INC":["r0"]},"registers":{"r0":"INC"}},)"
         R"({"arguments":{"ADD":["r0","r1"]},"registers":{"r1":"ADD"}}],"controller":[)" +
         rules + "]}\n";
}

double seconds_of_children() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec) / 1e6;
}

TEST_CASE("a program of thousands of states starts at once") {
  const ScratchDirectory directory;
  write_text(directory / "states.json", program_of_many_states());
  write_text(directory / "in.txt", "1 2 3\n");
  const double before = seconds_of_children();
  const Ended ended = nram({"run", directory / "states.json", directory / "in.txt", "-o", "-",
                            "--steps", "5", "--until-steps"});
  CHECK(ended.out == "1 2 3\n");
  CHECK(seconds_of_children() - before < (sanitized ? 30.0 : 1.5));
}

TEST_CASE("SIGTERM ends a long listing of a hostile program within a second") {
  const ScratchDirectory directory;
  write_text(directory / "states.json", program_of_many_states());
  Process process({nram_path(), "inspect", directory / "states.json", "--optimised"});
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  process.send(SIGTERM);
  const auto sent = std::chrono::steady_clock::now();
  const int exit_code = process.wait().exit_code;
  CHECK((exit_code == 130 || exit_code == 0));
  CHECK(std::chrono::steady_clock::now() - sent < std::chrono::seconds(sanitized ? 20 : 3));
}

// Right on the task increment, each element in states of its own, until these begin again.
std::string increment_in_states_of_its_own(unsigned elements) {
  std::string rules;
  for (unsigned s = 0; s < 3 * elements; s += 3) {
    rules += fmt::format(R"({{"state":{0},"circuit":"look","next":{1}}},)"
                         R"({{"state":{1},"when":{{"r1":"zero"}},"circuit":"end","finish":true}},)"
                         R"({{"state":{1},"circuit":"add","next":{2}}},)"
                         R"({{"state":{2},"circuit":"go","next":{3}}},)",
                         s, s + 1, s + 2, (s + 3) % (3 * elements));
  }
  rules.pop_back();
  return R"({"format":"nram-program","version":1,"registers":2,"modules":["READ","INC","WRITE"],)"
         R"("circuits":[{"name":"end","arguments":{"READ":["r0"],"WRITE":["r0","READ"]}},)"
         R"({"name":"look","arguments":{"READ":["r0"],"WRITE":["r0","READ"]},)"
         R"("registers":{"r1":"READ"}},)"
         R"({"name":"add","arguments":{"READ":["r0"],"INC":["r1"],"WRITE":["r0","INC"]}},)"
         R"({"name":"go","arguments":{"READ":["r0"],"INC":["r0"],"WRITE":["r0","READ"]},)"
         R"("registers":{"r0":"INC"}}],"controller":[)" +
         rules + "]}\n";
}

TEST_CASE("a program of thousands of states is minimised within its time") {
  const ScratchDirectory directory;
  const std::string file = directory / "long.json";
  write_text(file, increment_in_states_of_its_own(1300));
  const double before = seconds_of_children();
  const Ended ended = nram({"minimise", file, "--task", "increment", "--threads", "1", "--time",
                            sanitized ? "30" : "3", "-o", directory / "shorter.json"});
  CAPTURE(ended.err);
  CHECK(ended.exit_code == 0);
  CHECK(ended.out.find("3900") != std::string::npos);  // states before
  CHECK(ended.out.find("minimised in") != std::string::npos);
  CHECK(seconds_of_children() - before < (sanitized ? 40.0 : 5.0));
}

// A rule for each of 65,536 masks, of two circuits by turns; it never stops.
std::string program_of_all_masks() {
  constexpr unsigned registers = 16;
  std::string rules;
  for (unsigned mask = 0; mask < 1U << registers; ++mask) {
    rules += R"({"when":{)";
    for (unsigned r = 0; r < registers; ++r) {
      rules += fmt::format(R"("r{}":"{}",)", r, (mask >> r & 1U) != 0 ? "zero" : "nonzero");
    }
    rules.back() = '}';
    rules += fmt::format(R"(,"circuit":{}}},)", mask * 2654435761U >> 31U);
  }
  rules.pop_back();
  return R"({"format":"nram-program","version":1,"registers":16,"modules":["INC"],)"
         R"("circuits":[{"registers":{"r0":"r0"}},{"registers":{"r0":"r1"}}],)"
         R"("controller":[)" +
         rules + "]}\n";
}

TEST_CASE("a program with a rule for each of 65,536 masks starts within seconds") {
  const ScratchDirectory directory;
  write_text(directory / "masks.json", program_of_all_masks());
  write_text(directory / "in.txt", "1 2 3\n");
  const double before = seconds_of_children();
  const Ended ended = nram({"run", directory / "masks.json", directory / "in.txt", "-o", "-",
                            "--engine", "interpreter", "--steps", "5", "--until-steps"});
  CHECK(ended.out == "1 2 3\n");
  CHECK(seconds_of_children() - before < (sanitized ? 120.0 : 10.0));
}

TEST_CASE("a chain of thousands of states is simplified at once") {
  constexpr unsigned states = 4096;
  std::string rules;
  for (unsigned s = 0; s + 1 < states; ++s) {
    rules += fmt::format(R"({{"state":{},"circuit":0,"next":{}}},)", s, s + 1);
  }
  rules += fmt::format(R"({{"state":{},"circuit":0,"finish":true}})", states - 1);
  const ScratchDirectory directory;
  write_text(directory / "chain.json",
             R"({"format":"nram-program","version":1,"registers":8,"modules":["INC"],)"
             R"("circuits":[{"arguments":{"INC":["r0"]},"registers":{"r0":"INC"}}],)"
             R"("controller":[)" +
                 rules + "]}\n");
  const double before = seconds_of_children();
  CHECK(nram({"minimise", directory / "chain.json", "-o", directory / "o.json"}).exit_code == 0);
  CHECK(seconds_of_children() - before < (sanitized ? 40.0 : 5.0));
}

TEST_CASE("examples with more registers than any machine to learn with are refused") {
  const ScratchDirectory directory;
  std::string examples;
  for (unsigned i = 0; i < 4; ++i) {
    examples +=
        fmt::format(R"({{"memory":[{},{}],"expected":[{},null],"registers":[0,0,0,0,0,0,0,1]}})"
                    "\n",
                    i, 100 + i, 100 + i);
  }
  write_text(directory / "registers.jsonl", examples);
  const Ended refused = nram({"train", "--examples", directory / "registers.jsonl", "--time", "5",
                              "-o", directory / "m.safetensors"});
  CHECK(refused.exit_code == 3);
  CHECK(refused.err.find("registers.jsonl") != std::string::npos);
  CHECK(refused.err.find("set 8 registers") != std::string::npos);
}

TEST_CASE("training with huge budgets of steps ends when its time is up, larger ones are refused") {
  const ScratchDirectory directory;
  const auto write = [&](const std::string& steps) {
    std::string examples;
    for (const char* const memory : {"0,1,2", "1,2,0", "2,0,1", "0,1,2"}) {
      examples += fmt::format(R"({{"memory":[{}],"expected":[1,0,null],"steps":{}}})"
                              "\n",
                              memory, steps);
    }
    write_text(directory / "steps.jsonl", examples);
  };
  const auto train = [&] {
    return nram({"train", "--examples", directory / "steps.jsonl", "--time", "1", "--threads", "1",
                 "--no-checkpoint", "-o", directory / "m.safetensors"});
  };
  write("10000");
  const auto begin = std::chrono::steady_clock::now();
  CHECK(train().exit_code <= 1);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(12));
  write("18446744073709551615");
  const Ended refused = train();
  CHECK(refused.exit_code == 3);
  CHECK(refused.err.find("steps.jsonl: example 1 has \"steps\": 18446744073709551615") !=
        std::string::npos);
}

}  // namespace
}  // namespace nram::test
