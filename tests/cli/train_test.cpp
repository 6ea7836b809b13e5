// nram train as a command; what it learns is the trainer's tests' business.

#include "fixtures.hpp"

#include <chrono>
#include <csignal>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

namespace nram::test {
namespace {

std::vector<nlohmann::json> json_lines(const std::string& text) {
  std::vector<nlohmann::json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(nlohmann::json::parse(line));
  }
  return lines;
}

TEST_CASE("learn, export, evaluate: the whole way") {
  const ScratchDirectory directory;
  const std::string model = directory / "access.safetensors";
  const Ended trained = nram({"train", "--task", "access", "--no-minimise", "-o", model, "--json"});
  CAPTURE(trained.err);
  REQUIRE(trained.exit_code == 0);
  const auto report = report_of(trained);
  CHECK(report["solved"] == true);
  CHECK(report["stops"] == 1.0);
  CHECK(nram({"export", model, "-o", directory / "access.json"}).exit_code == 0);
  CHECK(nram({"eval", directory / "access.json", "--task", "access", "--length", "100000",
              "--count", "5"})
            .exit_code == 0);
  CHECK(directory.names() == std::vector<std::string>{"access.json", "access.safetensors"});
}

TEST_CASE("a time budget that is too short: exit code 1, the best so far is kept") {
  const ScratchDirectory directory;
  const Ended ended = nram({"train", "--task", "merge", "-o", directory / "merge.safetensors",
                            "--time", "0.5", "--json"});
  CAPTURE(ended.err);
  CHECK(ended.exit_code == 1);
  CHECK(report_of(ended)["solved"] == false);
  CHECK(nram({"inspect", directory / "merge.safetensors"}).exit_code == 0);
}

// n values and a 0 behind them, each of which becomes 5 more.
std::string plus_five() {
  std::string text;
  for (unsigned i = 0; i < 60; ++i) {
    std::string before;
    std::string after;
    for (unsigned k = 0; k < 2 + i % 8; ++k) {
      const unsigned value = (37 * i + 101 * k) % 200 + 1;
      before += std::to_string(value) + ",";
      after += std::to_string(value + 5) + ",";
    }
    text += R"({"memory":[)" + before + R"(0],"expected":[)" + after + "0]}\n";
  }
  return text;
}

TEST_CASE("constants of examples are told, chosen and advised") {
  const ScratchDirectory directory;
  const std::string examples = directory / "five.jsonl";
  write_text(examples, plus_five());
  const auto learn = [&](const std::string& constants) {
    return nram({"train", "--examples", examples, "--constants", constants, "--no-gradient",
                 "--attempts", "4", "--candidates", "1000", "--no-checkpoint", "--json", "-o",
                 directory / "m.safetensors"});
  };
  const Ended seen = learn("auto");
  CAPTURE(seen.err);
  CHECK(seen.err.find("the machine has the constant 5 (by which 100 % of the cells that change "
                      "differ from what they were)") != std::string::npos);
  CHECK(report_of(seen)["constants"] == nlohmann::json::array({5}));
  CHECK(nram({"inspect", directory / "m.safetensors"}).exit_code == 0);
  const Ended none = learn("none");
  CHECK(none.exit_code == 1);
  CHECK(none.err.find("the machine has the constant") == std::string::npos);
  CHECK(none.out.find("--constants 5") != std::string::npos);  // advised
  CHECK(report_of(learn("7,100"))["constants"] == nlohmann::json::array({7, 100}));
  for (const std::string wrong : {"x", "1,,2", "-1", "", "9223372036854775808", "auto,1"}) {
    CAPTURE(wrong);
    CHECK(learn(wrong).exit_code == 2);
  }
  CHECK(nram({"train", "--task", "copy", "--constants", "5", "-o", directory / "c.safetensors"})
            .exit_code == 2);
}

TEST_CASE("a warm start is read, never written, and what does not fit is refused by name") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "access");
  const std::string text = read_text(program);
  const std::string model = directory / "m.safetensors";
  const Ended warm = nram({"train", "--task", "access", "--no-minimise", "--warm-start", program,
                           "--no-gradient", "-o", model, "--json"});
  CAPTURE(warm.err);
  REQUIRE(warm.exit_code == 0);
  CHECK(report_of(warm)["found_by"] == "annealing");
  CHECK(read_text(program) == text);
  CHECK(nram({"inspect", model, "--settings"}).out.find(program) != std::string::npos);

  // The model can be begun from, but not in its own place.
  const std::string before = read_text(model);
  const Ended onto =
      nram({"train", "--task", "access", "--no-minimise", "--warm-start", model, "-o", model});
  CHECK(onto.exit_code == 2);
  CHECK(onto.err.find("what training begins from") != std::string::npos);
  CHECK(read_text(model) == before);
  const Ended log = nram({"train", "--task", "access", "--no-minimise", "--warm-start", program,
                          "--log", program, "-o", directory / "n.safetensors"});
  CHECK(log.exit_code == 2);
  CHECK(read_text(program) == text);
  const Ended narrow = nram({"train", "--task", "access", "--no-minimise", "--warm-start", program,
                             "--registers", "1", "-o", directory / "n.safetensors"});
  CHECK(narrow.exit_code == 2);
  CHECK(narrow.err.find("access.json: cannot begin from this program: it has 2 registers") !=
        std::string::npos);
  CHECK(nram({"train", "--task", "access", "--no-minimise", "--warm-start", directory / "none.json",
              "-o", directory / "n.safetensors"})
            .exit_code == 3);
}

TEST_CASE("a log has a line for each portion of work, and goes on when the search does") {
  const ScratchDirectory directory;
  const std::string log = directory / "merge.jsonl";
  const std::vector<std::string> train = {
      "train",  "--task", "merge", "-o", directory / "merge.safetensors", "--registers", "3",
      "--time", "1",      "--log", log};
  CHECK(nram(train).exit_code == 1);
  const auto first = json_lines(read_text(log));
  REQUIRE(!first.empty());
  for (const nlohmann::json& line : first) {
    CHECK(line["seconds"].get<double>() >= 0.0);
    CHECK(line["work"].get<std::uint64_t>() > 0);
    CHECK(line["status"].is_string());
    CHECK((line["arm"] == "annealing" || line["arm"] == "gradient" || line["arm"] == "automaton"));
  }
  std::vector<std::string> resume = train;
  resume.insert(resume.end(), {"--resume"});
  resume[8] = "2";  // seconds, of which one is over
  CHECK(nram(resume).exit_code == 1);
  CHECK(json_lines(read_text(log)).size() > first.size());
}

TEST_CASE("a log that cannot be written: before training an error, in training a message") {
  const ScratchDirectory directory;
  const std::string model = directory / "access.safetensors";
  const Ended nowhere = nram({"train", "--task", "access", "--no-minimise", "-o", model, "--log",
                              directory / "none/log.jsonl"});
  CHECK(nowhere.exit_code == 3);
  CHECK(nowhere.err.find("--log") != std::string::npos);
  const Ended full =
      nram({"train", "--task", "access", "--no-minimise", "-o", model, "--log", "/dev/full"});
  CHECK(full.exit_code == 0);
  CHECK(full.err.find("/dev/full: No space left on device; the log ends here") !=
        std::string::npos);
}

TEST_CASE("Ctrl-C: exit code 130, the best so far and a checkpoint are kept" *
          doctest::test_suite("parallel")) {
  const ScratchDirectory directory;
  const std::string model = directory / "merge.safetensors";
  // Too few registers to be done before the signal comes, and quick portions.
  Process process({nram_path(), "train", "--task", "merge", "-o", model, "--registers", "3"});
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  process.send(SIGINT);
  const Ended ended = process.wait();
  CAPTURE(ended.err);
  CHECK(ended.exit_code == 130);
  CHECK(nram({"inspect", model}).exit_code == 0);
  const Ended resumed = nram(
      {"train", "--task", "merge", "-o", model, "--registers", "3", "--resume", "--time", "1"});
  CAPTURE(resumed.err);
  CHECK(resumed.exit_code == 1);
}

}  // namespace
}  // namespace nram::test
