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
  const Ended trained = nram({"train", "--task", "access", "-o", model, "--json"});
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
  const Ended nowhere =
      nram({"train", "--task", "access", "-o", model, "--log", directory / "none/log.jsonl"});
  CHECK(nowhere.exit_code == 3);
  CHECK(nowhere.err.find("--log") != std::string::npos);
  const Ended full = nram({"train", "--task", "access", "-o", model, "--log", "/dev/full"});
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
