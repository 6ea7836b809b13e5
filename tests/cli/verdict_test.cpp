// What nram says about how far a program can be trusted, and where it warns.

#include "fixtures.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

#include <doctest/doctest.h>

namespace nram::test {
namespace {

// The cells 3 and 4 are the same in all examples: which of them is meant?
std::string twins() {
  std::string text;
  for (int i = 0; i < 12; ++i) {
    const std::string value = std::to_string(30 + (i * 13) % 50);
    text += "{\"memory\":[" + std::to_string(i) + ",5," + std::to_string((i * 3) % 7) + "," +
            value + "," + value + "],\"expected\":[" + value + ",null,null,null,null]}\n";
  }
  return text;
}

// k, A -> A[k]: examples of one length.
std::string of_one_length(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    const int k = i % 3;
    const int values[] = {3 + i % 5, 20 + i, 70 + (i * 7) % 11};
    text += "{\"memory\":[" + std::to_string(k);
    for (const int value : values) {
      text += "," + std::to_string(value);
    }
    text += "],\"expected\":[" + std::to_string(values[k]) + ",null,null,null]}\n";
  }
  return text;
}

// n, A -> A with neighbours swapped.
std::string neighbours_swapped(int pairs, int from) {
  std::string before = std::to_string(2 * pairs);
  std::string after = "null";
  for (int i = 0; i < pairs; ++i) {
    const std::string a = std::to_string(from + 3 * i);
    const std::string b = std::to_string(from + 40 - 5 * i);
    before.append(",").append(a).append(",").append(b);
    after.append(",").append(b).append(",").append(a);
  }
  return "{\"memory\":[" + before + "],\"expected\":[" + after + "]}\n";
}

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("examples of one length are fitted, which is not called solved") {
  const ScratchDirectory directory;
  const std::string model = directory / "m.safetensors";
  write_text(directory / "one.jsonl", of_one_length(60));
  const Ended trained =
      nram({"train", "--examples", directory / "one.jsonl", "-o", model, "--json"});
  CAPTURE(trained.err);
  CAPTURE(trained.out);
  REQUIRE(trained.exit_code == 0);
  const auto report = report_of(trained);
  CHECK(report["fits"] == true);
  CHECK(report["solved"] == false);
  CHECK(report["verdict"]["grade"] == "fits");
  CHECK(report["verdict"]["learned_cells"] == 4);
  // It is written down for ever; of what only fits, nobody is warned.
  const Ended exported = nram({"export", model, "-o", directory / "p.json"});
  CHECK(exported.err.find("warning") == std::string::npos);
  CHECK(read_text(directory / "p.json").find("\"verdict\": \"fits\"") != std::string::npos);
  CHECK(nram({"inspect", directory / "p.json"}).out.find("verdict: fits") != std::string::npos);
}

TEST_CASE("what is unrolled for the lengths there are does not generalise") {
  const ScratchDirectory directory;
  const std::string model = directory / "m.safetensors";
  std::string examples;
  for (int i = 0; i < 90; ++i) {
    examples += neighbours_swapped(1 + i % 3, 100 + 11 * i);
  }
  write_text(directory / "pairs.jsonl", examples);
  const Ended trained = nram({"train", "--examples", directory / "pairs.jsonl", "-o", model,
                              "--seed", "4", "--time", "30", "--no-minimise", "--json"});
  const std::string grade = report_of(trained)["verdict"]["grade"];
  CAPTURE(grade);
  write_text(directory / "longer.jsonl", neighbours_swapped(4, 7) + neighbours_swapped(20, 300));
  const Ended longer = nram({"eval", model, "--examples", directory / "longer.jsonl"});
  CHECK((grade != "generalises" || longer.exit_code == 0));
}

TEST_CASE("copies of one example show nothing: they are one") {
  const ScratchDirectory directory;
  std::string copies;
  for (int i = 0; i < 50; ++i) {
    copies += "{\"memory\":[2,7,9],\"expected\":[9,null,null]}\n";
  }
  write_text(directory / "same.jsonl", copies);
  const Ended trained = nram({"train", "--examples", directory / "same.jsonl", "-o",
                              directory / "m.safetensors", "--json"});
  CAPTURE(trained.out);
  CHECK(trained.err.find("1 different examples (49 with equal inputs merged)") !=
        std::string::npos);
  const auto report = report_of(trained);
  CHECK(report["solved"] == false);
  CHECK(report["verdict"]["grade"] != "generalises");
  CHECK(report["verdict"]["examples"] == 1);
}

TEST_CASE("what was not solved says so for ever: every command that reads it warns") {
  const ScratchDirectory directory;
  const std::string model = directory / "merge.safetensors";
  const std::string program = directory / "merge.json";
  const Ended trained =
      nram({"train", "--task", "merge", "-o", model, "--time", "0.5", "--registers", "3"});
  REQUIRE(trained.exit_code == 1);
  CHECK(trained.out.find("verdict: not solved") != std::string::npos);
  write_text(directory / "in.txt", "3 1 2 0 4 0 0 0\n");
  const auto warns = [](const Ended& ended) {
    return ended.err.find("was not solved") != std::string::npos;
  };
  CHECK(warns(nram({"export", model, "-o", program})));
  for (const std::string& file : {model, program}) {
    CHECK(warns(nram({"inspect", file})));
    CHECK(warns(nram({"run", file, directory / "in.txt", "-o", "-", "--steps", "100"})));
    CHECK(warns(nram({"eval", file, "--task", "merge", "--count", "2"})));
  }
}

TEST_CASE("a failure's advice is about what is wrong with the examples") {
  const ScratchDirectory directory;
  // Results that have nothing to do with their inputs.
  std::string text;
  for (int i = 0; i < 30; ++i) {
    text += "{\"memory\":[" + std::to_string(i) + ",1,1],\"expected\":[" +
            std::to_string((i * i * 37 + 11) % 101) + ",null,null]}\n";
  }
  write_text(directory / "random.jsonl", text);
  const Ended trained = nram({"train", "--examples", directory / "random.jsonl", "-o",
                              directory / "m.safetensors", "--time", "1", "--json"});
  CHECK(trained.exit_code == 1);
  CHECK(report_of(trained)["advice"].dump().find("same number of cells") != std::string::npos);
}

TEST_CASE("--ask: where programs that fit differ, an answer is one more example") {
  const ScratchDirectory directory;
  const std::string file = directory / "twins.jsonl";
  const std::string kept = directory / "answers.jsonl";
  const std::string text = twins();
  write_text(file, text);
  const std::vector<std::string> train = {
      "train", "--examples", file, "-o", directory / "m.safetensors", "--json"};
  const Ended unasked = nram(train);
  CAPTURE(unasked.out);
  const auto report = report_of(unasked);
  REQUIRE(report["verdict"]["grade"] == "ambiguous");
  const auto& question = report["verdict"]["questions"][0];
  CHECK(question["memory"].size() == 5);
  CHECK(question["answers"].size() >= 2);
  CHECK(question["answers"][0]["kept"] == true);
  CHECK(question["counts"] == nlohmann::json({true, false, false, false, false}));

  std::vector<std::string> ask = train;
  ask.insert(ask.end(), {"--ask", "--answers", kept});
  Launch answers;
  answers.input = "what?\n1\n1\n1\n1\n1\n1\n";
  const Ended asked = nram(ask, answers);
  CAPTURE(asked.err);
  CHECK(asked.err.find("Which result is right?") != std::string::npos);
  CHECK(report_of(asked)["answered"] >= 1);
  CHECK(report_of(asked)["verdict"]["grade"] != "ambiguous");
  CHECK(read_text(file) == text);
  CHECK(read_text(kept).starts_with(text));
  CHECK(lines_of(read_text(kept)) == 12 + report_of(asked)["answered"].get<std::size_t>());

  // Nobody answers.
  const Ended silent = nram(ask, {});
  CHECK(silent.exit_code == 0);
  CHECK(report_of(silent)["answered"] == 0);
  CHECK(nram({"train", "--examples", "-", "--ask", "-o", directory / "m.safetensors"}).exit_code ==
        2);
}

TEST_CASE("Ctrl-C at a question ends the command at once, and keeps what was learned") {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  using Clock = std::chrono::steady_clock;
  const ScratchDirectory directory;
  write_text(directory / "twins.jsonl", twins());
  // A pipe that nobody writes to, and that does not end.
  Launch there;
  there.directory = directory.path();
  Process process({"sh", "-c",
                   "mkfifo answers && exec \"" + nram_path() +
                       "\" train --examples twins.jsonl -o m.safetensors --ask <> answers 2> said"},
                  there);
  const auto is_asked = [&] {
    return std::filesystem::exists(directory / "said") &&
           read_text(directory / "said").find("Which result is right?") != std::string::npos;
  };
  for (const auto begin = Clock::now(); !is_asked() && Clock::now() - begin < seconds(120);) {
    std::this_thread::sleep_for(milliseconds(50));
  }
  REQUIRE(is_asked());
  const auto asked = Clock::now();
  process.send(SIGINT);
  CHECK(process.wait().exit_code == 130);
  CHECK(Clock::now() - asked < seconds(sanitized ? 20 : 4));
  CHECK(nram({"inspect", directory / "m.safetensors"}).exit_code == 0);
}

}  // namespace nram::test
