// Slips of whoever types a command line: each is named, with what was probably meant. Units, and
// settings that would do nothing.

#include "fixtures.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace nram::test {
namespace {

using Words = std::vector<std::string>;

bool has_text(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a slip of the keyboard is told what was probably meant") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "access");
  const std::string example = directory / "e.jsonl";
  write_text(example, R"({"memory":[1,2],"expected":[2,null]})");
  const std::vector<std::pair<Words, std::string>> slips = {
      {{"trian"}, "there is no verb 'trian'; did you mean train?"},
      {{"trian", "--task", "copy", "-o", "m.st"}, "did you mean train?"},
      {{"insp", program}, "did you mean inspect?"},
      {{"help", "exprot"}, "did you mean export?"},
      {{"manual", "Train"}, "did you mean train?"},
      {{"completion", "bahs"}, "did you mean bash?"},
      {{"train", "--hiden", "5"}, "`nram train` has no option --hiden; did you mean --hidden?"},
      {{"train", "--taks", "copy", "-o", "m.st"}, "no option --taks; did you mean --task?"},
      {{"train", "--task", "copy", "-o", "m.st", "--learning_rate=1"}, "--learning-rate?"},
      {{"train", "-task", "copy", "-o", "m.st"}, "did you mean --task?"},
      {{"train", "--no-anealing", "--task", "copy", "-o", "m.st"}, "--no-annealing?"},
      {{"train", "--task", "revrse", "-o", "m.st"}, "no task 'revrse'; did you mean reverse?"},
      {{"train", "--examples", example, "-o", "m.st", "--modulus", "wrod"}, "did you mean word?"},
      {{"train", "--examples", example, "-o", "m.st", "--order", "singed"}, "did you mean signed?"},
      {{"example", "Copy", "-o", "-"}, "did you mean copy?"},
      {{"eval", program, "--task", "merg"}, "did you mean merge?"},
      {{"eval", program, "--task", "access", "--modulus", "bth"}, "did you mean both?"},
      {{"run", program, "in.npy", "-o", "o.npy", "--engine", "interpeter"}, "mean interpreter?"},
      {{"run", program, "in.npy", "-o", "o.npy", "--modulus", "cell"}, "did you mean cells?"},
      {{"run", program, "in.npy", "-o", "o.npy", "--without", "idle-write"}, "mean idle-writes?"},
      {{"export", program, "-o", "o.json", "--to", "progam"}, "did you mean program?"},
      {{"run", "--enginee", "jit", program, "in.npy", "-o", "o.npy"}, "did you mean --engine?"},
  };
  for (const auto& [words, named] : slips) {
    const auto& meant = named;  // which Clang can capture
    const Ended ended = nram(words, {.directory = directory.path()});
    CAPTURE(meant);
    CAPTURE(ended.err);
    CHECK(ended.exit_code == 2);
    CHECK(ended.out.empty());
    CHECK(has_text(ended.err, meant));
    CHECK(ended.err.find('\n') == ended.err.size() - 1);
  }
}

TEST_CASE("no suggestion where nothing is near, and none for what was pasted") {
  for (const Words& words :
       {Words{"frobnicate"}, Words{"train", "--frobnicate", "-o", "m"},
        Words{"train", "--task", "zzz", "-o", "m.st"}, Words{std::string(100'000, 'x')}}) {
    const Ended ended = nram(words);
    CAPTURE(ended.err);
    CHECK(ended.exit_code == 2);
    CHECK_FALSE(has_text(ended.err, "did you mean"));
    CHECK(ended.err.size() < 400);
  }
}

TEST_CASE("an option of another verb, and one word too many, are named as such") {
  CHECK(has_text(nram({"export", "m.st", "-o", "p.json", "--live"}).err,
                 "it is one of nram run, eval"));
  CHECK(has_text(nram({"run", "p.json", "in.npy", "more.npy", "-o", "o.npy"}).err,
                 "there is no place for 'more.npy'"));
  CHECK(has_text(nram({}).err, "verbs are tasks, example,"));
}

TEST_CASE("nram help VERB is nram VERB --help, and -V the version") {
  for (const std::string verb : {"tasks", "train", "run", "help", "completion", "manual"}) {
    const Ended help = nram({"help", verb});
    CHECK(help.exit_code == 0);
    CHECK(help.out == nram({verb, "--help"}).out);
    CHECK(has_text(help.out, "Usage: nram " + verb));
  }
  CHECK(nram({"help"}).out == nram({"--help"}).out);
  CHECK(nram({"-V"}).out == nram({"--version"}).out);
}

TEST_CASE("counts and times have units where people write them") {
  const ScratchDirectory directory;
  const auto lines = [](const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  };
  CHECK(lines(nram({"example", "access", "--count", "1k", "-o", "-"}).out) == 1000);
  CHECK(nram({"example", "access", "--length", "0.5k", "-o", "-"}).out ==
        nram({"example", "access", "--length", "500", "-o", "-"}).out);
  const Ended endless = nram({"run", endless_program(directory), "-", "-o", "-", "--steps", "1.5M",
                              "--until-steps", "--modulus", "word"},
                             {.input = "0\n"});
  CHECK(endless.out == "1500000\n");
  const auto train = [&](const Words& more) {
    Words words = {"train", "--task", "access", "--no-minimise", "-o", directory / "m.st"};
    words.insert(words.end(), more.begin(), more.end());
    return nram(words);
  };
  for (const std::string time : {"90", "90s", "1m", "1h30m", "1.5h", "0", "2d", "20000ms"}) {
    CAPTURE(time);
    CHECK(train({"--time", time, "--candidates", "2M"}).exit_code == 0);
  }
  CHECK(nram({"train", "--task", "merge", "--registers", "3", "--no-checkpoint", "--time", "200ms",
              "-o", directory / "n.st"})
            .exit_code == 1);
  for (const std::string time :
       {"1x", "m", "-1", "1m1h", "nan", "inf", "", "1 m", "1m1m", "0x10"}) {
    CAPTURE(time);
    CHECK(train({"--time", time}).exit_code == 2);
  }
  for (const std::string count : {"1.5", "k", "1kk", "1m", "-1k", "20G", "1.2345k",
                                  "99999999999999999999", "18446744073709551615k"}) {
    CAPTURE(count);
    CHECK(train({"--candidates", count}).exit_code == 2);
  }
}

TEST_CASE("settings that would do nothing are refused, with the reason") {
  const std::vector<std::pair<Words, std::string>> idle = {
      {{"--no-gradient", "--hidden", "64"}, "--hidden does nothing here: the arms by gradient are"},
      {{"--no-gradient", "--lstm"}, "--lstm does nothing here"},
      {{"--no-annealing", "--states", "4"}, "annealing is switched off"},
      {{"--no-automata", "--automaton-states", "2"}, "automata are switched off"},
      {{"--no-repair", "--repair-candidates", "1k"}, "repair is switched off"},
      {{"--no-joint", "--joint-share", "0.5"}, "the soft model makes no proposals"},
      {{"--lstm", "--repair-candidates", "5"}, "what an LSTM ends with is not repaired"},
      {{"--lstm", "--layers", "2"}, "an LSTM has one layer"},
      {{"--layers", "0", "--hidden", "8"}, "the controller has no hidden layer"},
      {{"--noise-decay", "1"}, "there is no noise"},
      {{"--entropy-decay", "1"}, "there is no bonus on the entropy"},
      {{"--look-further", "2"}, "--look-further"},
      {{"--no-checkpoint", "--checkpoint-every", "5"}, "--checkpoint-every"},
  };
  const ScratchDirectory directory;
  for (const auto& [settings, said] : idle) {
    const auto& reason = said;  // which Clang can capture
    Words words = {"train", "--task", "access", "--no-minimise", "-o", "m.st"};
    words.insert(words.end(), settings.begin(), settings.end());
    const Ended ended = nram(words, {.directory = directory.path()});
    CAPTURE(reason);
    CAPTURE(ended.err);
    CHECK(ended.exit_code == 2);
    CHECK(has_text(ended.err, reason));
  }
  const std::string program = task_program(directory, "access");
  const std::string model = NRAM_SOURCE_DIR "/samples/models/copy.safetensors";
  const std::vector<Words> others = {
      {"export", model, "-o", "p.json", "--name", "f"},
      {"export", model, "-o", "p.json", "--cell-bits", "32"},
      {"export", model, "-o", "p.json", "--to", "program", "--modulus", "word"},
      {"inspect", program, "--without", "idle-writes"},
      {"run", program, "-", "-o", "-", "--engine", "reference", "--without", "idle-writes"},
  };
  for (const Words& words : others) {
    const Ended ended = nram(words, {.input = "1 2\n", .directory = directory.path()});
    CAPTURE(words[3]);
    CAPTURE(ended.err);
    CHECK(ended.exit_code == 2);
  }
}

TEST_CASE("a model says of its settings those of the arm that has found it") {
  const ScratchDirectory directory;
  const auto settings_of = [&](const Words& more) {
    Words words = {"train",           "--task", "access",          "--no-minimise",
                   "--no-checkpoint", "-o",     directory / "m.st"};
    words.insert(words.end(), more.begin(), more.end());
    REQUIRE(nram(words).exit_code == 0);
    const auto report = report_of(nram({"inspect", directory / "m.st", "--json"}));
    return " " + report["metadata"]["settings"].get<std::string>() + " ";
  };
  const std::string annealing = settings_of({"--seed", "3", "--no-gradient", "--candidates", "3M"});
  CHECK(has_text(annealing, " candidates=3000000 "));
  CHECK(has_text(annealing, " registers=0 "));
  CHECK(has_text(annealing, " seed=3 "));
  for (const std::string other : {"hidden", "lstm", "learning-rate", "iterations", "automaton-rate",
                                  "repair-candidates", "joint-share"}) {
    CHECK_MESSAGE(!has_text(annealing, " " + other + "="), other);
  }
  const std::string gradient = settings_of({"--no-annealing", "--no-automata", "--no-repair"});
  CHECK(has_text(gradient, " hidden=32 "));
  CHECK(has_text(gradient, " iterations=6000 "));
  for (const std::string other : {"candidates", "automaton-rate", "noise-decay", "states"}) {
    CHECK_MESSAGE(!has_text(gradient, " " + other + "="), other);
  }
}

TEST_CASE("resuming with other settings, or for another task, tells the difference only") {
  const ScratchDirectory directory;
  const std::string model = directory / "m.st";
  REQUIRE(nram({"train", "--task", "merge", "--registers", "3", "--time", "0.5", "-o", model})
              .exit_code == 1);
  const auto resume = [&](const Words& more) {
    Words words = {"train", "--resume", "--time", "1", "-o", model};
    words.insert(words.end(), more.begin(), more.end());
    const Ended ended = nram(words);
    CHECK(ended.exit_code == 2);
    return ended.err;
  };
  const std::string other = resume({"--task", "merge", "--registers", "4", "--seed", "7"});
  CHECK(has_text(other, "settings differ: registers was 3 and is 4, seed was 1 and is 7;"));
  CHECK_FALSE(has_text(other, "hidden"));
  CHECK(has_text(resume({"--task", "copy", "--registers", "3"}), "of task merge, this is copy;"));
}

}  // namespace
}  // namespace nram::test
