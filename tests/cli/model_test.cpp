// Models where programs are expected: run, eval, export and inspect take them as they are.

#include "fixtures.hpp"

#include <chrono>
#include <csignal>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

namespace nram::test {
namespace {

const std::string models = NRAM_SOURCE_DIR "/samples/models/";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Everything a run leaves behind but how fast it was.
struct Run {
  int exit_code;
  std::string output;
  nlohmann::json report;

  friend bool operator==(const Run&, const Run&) = default;
};

Run run_json(const ScratchDirectory& directory, const std::string& program,
             const std::string& memory, std::vector<std::string> options) {
  write_text(directory / "in.txt", memory);
  write_text(directory / "out.txt", "");
  std::vector<std::string> arguments{
      "run", program, directory / "in.txt", "-o", directory / "out.txt", "--json"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const Ended ended = nram(arguments);
  CAPTURE(ended.err);
  auto report = report_of(ended);
  for (const char* key :
       {"seconds", "steps_per_second", "engine", "controller", "threads", "vectorised_steps"}) {
    report.erase(key);
  }
  return {ended.exit_code, read_text(directory / "out.txt"), report};
}

TEST_CASE("a model runs as its program does, live or not, faults included") {
  const ScratchDirectory directory;
  for (const std::string task : {"access", "merge", "list-k"}) {
    const std::string model = models + task + ".safetensors";
    const std::string program = directory / "p.json";
    REQUIRE(nram({"export", model, "-o", program}).exit_code == 0);
    REQUIRE(nram({"example", task, "--length", "20", "--count", "5", "-o", directory / "e.txt"})
                .exit_code == 0);
    const std::vector<std::pair<std::string, std::vector<std::string>>> cases{
        {read_text(directory / "e.txt"), {}},
        {read_text(directory / "e.txt"), {"--modulus", "word"}},
        {"90 90 90 1 2 3 0\n", {"--modulus", "word", "--keep-unfinished"}},
        {"5 1 2 3 4 5 6 7\n", {"--modulus", "1000", "--steps", "1", "--keep-unfinished"}}};
    for (const auto& [cells, options] : cases) {
      const auto& memory = cells;  // which Clang can capture
      CAPTURE(task);
      CAPTURE(memory);
      const Run expected = run_json(directory, program, memory, options);
      CHECK(run_json(directory, model, memory, options) == expected);
      std::vector<std::string> live = options;
      live.emplace_back("--live");
      CHECK(run_json(directory, model, memory, live) == expected);
    }
  }
  const Ended fault =
      nram({"run", models + "access.safetensors", "-", "-o", "-", "--live", "--modulus", "word"},
           {.input = "90 1 2\n"});
  CHECK(fault.exit_code == 1);
  CHECK(contains(fault.err, "READ of address 91 in step 2 (memory has 3 cells; registers r0="));
}

TEST_CASE("the report says what chose the circuits") {
  const ScratchDirectory directory;
  const auto controller = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "run");
    arguments.insert(arguments.end(), {"-", "-o", directory / "o.txt", "--json"});
    const Ended ended = nram(arguments, {.input = "2 5 6 7 8\n"});
    CAPTURE(ended.err);
    const auto report = report_of(ended);
    return report["controller"].get<std::string>() + " " + report["engine"].get<std::string>();
  };
  const std::string merge = models + "merge.safetensors";  // an LSTM
  REQUIRE(nram({"inspect", merge, "--json"}).exit_code == 0);
  CHECK(report_of(nram({"inspect", merge, "--json"}))["states"].get<int>() > 1);
  CHECK(controller({merge, "--engine", "interpreter", "--steps", "9"}) == "automaton interpreter");
  CHECK(controller({merge, "--live", "--steps", "9"}) == "live live");
  const std::string table = random_model(directory);
  CHECK(controller({table, "--engine", "reference", "--steps", "9"}) == "table reference");
  CHECK(controller({table, "--live", "--steps", "9"}) == "live live");
  CHECK(controller({task_program(directory, "copy"), "--engine", "reference"}) ==
        "table reference");

  // People are told, too.
  CHECK(contains(nram({"run", merge, "-", "-o", "-"}, {.input = "3 5 7 1 0 2 0 0 0\n"}).err,
                 "is a model; its program runs ("));
  CHECK(contains(nram({"run", table, "-", "-o", "-"}, {.input = "1 1 1\n"}).err,
                 "(a table of 4 rows)"));
}

TEST_CASE("models are known by their content") {
  const ScratchDirectory directory;
  const std::string content = read_text(models + "access.safetensors");
  write_text(directory / "model.json", content);
  const Ended named = nram({"run", directory / "model.json", "-", "-o", "-"}, {.input = "1 7 8\n"});
  CHECK(named.exit_code == 0);
  CHECK(named.out == "8 7 8\n");
  write_text(directory / "in.txt", "1 7 8\n");
  const Ended piped =
      nram({"run", "-", directory / "in.txt", "-o", "-", "--live"}, {.input = content});
  CHECK(piped.exit_code == 0);
  CHECK(piped.out == "8 7 8\n");
  write_text(directory / "p.safetensors", read_text(task_program(directory, "access")));
  CHECK(nram({"run", directory / "p.safetensors", directory / "in.txt", "-o", "-"}).out ==
        "8 7 8\n");
  // A broken model is not taken for a program.
  write_text(directory / "half", content.substr(0, content.size() / 2));
  const Ended half = nram({"run", directory / "half", directory / "in.txt", "-o", "-"});
  CHECK(half.exit_code == 3);
  CHECK(!contains(half.err, "JSON"));
}

TEST_CASE("--live is for models, without an engine") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "access");
  const std::string model = models + "access.safetensors";
  write_text(directory / "in.txt", "1 7 8\n");
  const auto complaint = [&](const std::vector<std::string>& options) {
    std::vector<std::string> run{"run", "", directory / "in.txt", "-o", "-"};
    std::vector<std::string> eval{"eval", "", "--task", "access"};
    std::string text;
    for (std::vector<std::string>* arguments : {&run, &eval}) {
      (*arguments)[1] = options.front();
      arguments->insert(arguments->end(), options.begin() + 1, options.end());
      const Ended ended = nram(*arguments);
      CHECK(ended.exit_code == 2);
      CHECK(ended.out.empty());
      text = ended.err;
    }
    return text;
  };
  CHECK(contains(complaint({program, "--live"}), "--live is for models"));
  CHECK(contains(complaint({model, "--live", "--engine", "auto"}),
                 "--live and --engine exclude each other"));
  CHECK(contains(complaint({unclosed_model(directory), "--engine", "interpreter"}),
                 "has no program for --engine to execute"));
  CHECK(nram({"run", model, directory / "in.txt", "-o", "-", "--live", "--without", "fold"})
            .exit_code == 2);
}

TEST_CASE("a model without a program: export says why and writes nothing") {
  const ScratchDirectory directory;
  const std::string model = unclosed_model(directory);
  const Ended ended = nram({"export", model, "-o", directory / "p.json"});
  CHECK(ended.exit_code == 1);
  CHECK(ended.out.empty());
  CHECK(contains(ended.err, "do not close into a finite automaton"));
  CHECK(contains(ended.err, " different states were seen with a tolerance of 0.001"));
  CHECK(contains(ended.err, "`nram run " + model + " INPUT -o OUTPUT`"));
  CHECK(contains(ended.err, "training longer"));
  CHECK(ended.err.find('\n') == ended.err.size() - 1);
  CHECK(directory.names() == std::vector<std::string>{"unclosed.safetensors"});

  const Ended json = nram({"export", model, "-o", directory / "p.json", "--json"});
  CHECK(json.exit_code == 1);
  const auto report = report_of(json);
  CHECK(report["exported"] == false);
  CHECK(report["states_seen"].get<int>() > 1000);
  CHECK(report["merge_tolerance"] == 1e-3);
  CHECK(report.contains("checked_steps"));
  CHECK(report.contains("first_disagreement"));
  CHECK(nram({"inspect", model}).exit_code == 1);
  CHECK(nram({"export", model, "--to", "object", "-o", directory / "p.o"}).exit_code == 1);
  CHECK(directory.names() == std::vector<std::string>{"unclosed.safetensors"});
}

TEST_CASE("a model without a program runs live, in constant memory") {
  const ScratchDirectory directory;
  const std::string model = unclosed_model(directory);
  const auto run = [&](const std::string& steps) {
    return nram({"run", model, "-", "-o", "-", "--live", "--keep-unfinished", "--steps", steps},
                {.input = "1 2 3 4 5\n"});
  };
  const Ended found = nram({"run", model, "-", "-o", directory / "o.txt", "--steps", "100",
                            "--keep-unfinished", "--json"},
                           {.input = "1 2 3 4 5\n"});
  CHECK(found.exit_code == 1);
  CHECK(contains(found.err, "whose states do not close ("));
  CHECK(contains(found.err, "it runs live"));
  CHECK(report_of(found)["engine"] == "live");
  CHECK(report_of(found)["controller"] == "live");
  CHECK(report_of(found)["steps"] == 100);
  const Ended short_run = run("100");
  CHECK(contains(short_run.err, "did not finish after 100 steps"));
  CHECK(read_text(directory / "o.txt") == short_run.out);
  if (!sanitized) {
    const Ended long_run = run("300000");
    CHECK(contains(long_run.err, "did not finish after 300000 steps"));
    CHECK(long_run.peak_bytes < short_run.peak_bytes + (std::size_t{2} << 20U));
  }
}

TEST_CASE("Ctrl-C ends live runs within a moment") {
  const ScratchDirectory directory;
  const std::string model = unclosed_model(directory);
  write_text(directory / "in.txt", "1 2 3 4 5\n");
  write_text(directory / "e.jsonl",
             R"({"memory":[1,2,3,4,5],"expected":[1,2,3,4,5],"steps":1000000000})"
             "\n");
  const std::vector<std::vector<std::string>> commands{
      {nram_path(), "run", model, directory / "in.txt", "-o", directory / "o.txt", "--live",
       "--steps", "1000000000"},
      {nram_path(), "eval", model, "--examples", directory / "e.jsonl", "--live"}};
  for (const auto& command : commands) {
    Process process(command);
    std::this_thread::sleep_for(std::chrono::milliseconds(sanitized ? 1500 : 300));
    const auto start = std::chrono::steady_clock::now();
    process.send(SIGINT);
    CHECK(process.wait().exit_code == 130);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
  }
  CHECK(directory.names() == std::vector<std::string>{"e.jsonl", "in.txt", "unclosed.safetensors"});
}

TEST_CASE("eval judges a model, its program and the live network alike") {
  const ScratchDirectory directory;
  for (const std::string task : {"access", "reverse", "merge"}) {
    const std::string model = models + task + ".safetensors";
    REQUIRE(nram({"export", model, "-o", directory / "p.json"}).exit_code == 0);
    const auto judged = [&](const std::string& file, const std::vector<std::string>& options) {
      std::vector<std::string> arguments{"eval",    file, "--task",    task,   "--length", "12",
                                         "--count", "20", "--modulus", "both", "--json"};
      arguments.insert(arguments.end(), options.begin(), options.end());
      const Ended ended = nram(arguments);
      CHECK(ended.exit_code == 0);
      auto report = report_of(ended);
      report.erase("engine");
      report.erase("controller");
      return report;
    };
    const auto expected = judged(directory / "p.json", {});
    CHECK(expected["cases"] == 40);
    CHECK(expected["by_modulus"]["cells"]["cases"] == 20);
    CHECK(expected["by_modulus"]["2^64"]["cases"] == 20);
    CHECK(judged(model, {}) == expected);
    CHECK(judged(model, {"--live"}) == expected);
  }
}

TEST_CASE("export verifies an LSTM's automaton, on random runs and on examples") {
  const ScratchDirectory directory;
  const std::string model = models + "merge.safetensors";
  const auto steps = [&](const std::vector<std::string>& options) {
    std::vector<std::string> arguments{"export", model, "-o", directory / "p.json", "--json"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Ended ended = nram(arguments);
    REQUIRE(ended.exit_code == 0);
    return report_of(ended)["automaton"]["checked_steps"].get<int>();
  };
  CHECK(steps({}) == 65536);
  CHECK(steps({"--task", "merge"}) > 65536 + 100);
  CHECK(contains(nram({"export", model, "-o", directory / "p.json", "--task", "merge"}).out,
                 "steps of random runs and the examples"));
}

TEST_CASE("an LSTM learned by gradient alone: exported, run, judged, shown" *
          doctest::skip(sanitized)) {
  const ScratchDirectory directory;
  const std::string model = directory / "m.safetensors";
  const Ended trained =
      nram({"train", "--task", "access", "--no-minimise", "--lstm", "--no-annealing", "--no-repair",
            "--time", "60", "--no-checkpoint", "--threads", "1", "-o", model});
  CAPTURE(trained.out);
  REQUIRE(trained.exit_code == 0);
  CHECK(contains(trained.out, "(gradient, "));
  CHECK(nram({"eval", model, "--task", "access", "--length", "50", "--live"}).exit_code == 0);
  const Ended exported =
      nram({"export", model, "-o", directory / "p.json", "--task", "access", "--json"});
  REQUIRE(exported.exit_code == 0);
  CHECK(report_of(exported)["automaton"]["checked_steps"].get<int>() > 65536);
  CHECK(nram({"eval", directory / "p.json", "--task", "access", "--length", "1000", "--adversarial",
              "--count", "2"})
            .exit_code == 0);
  CHECK(nram({"run", model, "-", "-o", "-"}, {.input = "2 5 6 7 8\n"}).out == "7 5 6 7 8\n");
  CHECK(contains(nram({"inspect", model, "--raw"}).out, "registers: "));
}

}  // namespace
}  // namespace nram::test
