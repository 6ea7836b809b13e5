// Texts from files: what they say is shown, never done; and what they are is named.

#include "fixtures.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <nram/model-io/model_file.hpp>

namespace nram::test {
namespace {

std::string case_file(const std::string& name) { return NRAM_SOURCE_DIR "/tests/cases/" + name; }

bool has_control_characters(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7F; });
}

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST_CASE("escape sequences and forged lines of a file do not reach the terminal") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "access");
  const Ended key =
      nram({"eval", program, "--examples", case_file("control-characters-key.jsonl")});
  CAPTURE(key.err);
  CHECK(key.exit_code == 3);
  CHECK_FALSE(has_control_characters(key.err));
  CHECK(lines_of(key.err) == 1);
  CHECK(key.err.find("\\x1b[2J") != std::string::npos);

  const std::string hostile = case_file("control-characters-metadata.json");
  for (const std::string form : {"--settings", "--optimised"}) {
    CHECK_FALSE(has_control_characters(nram({"inspect", hostile, form}).out));
  }
  CHECK_FALSE(has_control_characters(nram({"inspect", hostile}).out));
  const Ended listing = nram({"inspect", hostile, "--raw"});
  CHECK(listing.exit_code == 0);
  CHECK_FALSE(has_control_characters(listing.out));
  CHECK(listing.out.find("# note: x\\x1b[2J\\nwhen r0=0 (c7)\n") != std::string::npos);
  CHECK_FALSE(has_control_characters(nram({"inspect", hostile, "--json"}).out));

  // Names of files, and what the command line says, too.
  const Ended name = nram({"run", program, directory / "\x1b[2J\nnram: all is well", "-o", "-"});
  CHECK_FALSE(has_control_characters(name.err));
  CHECK(lines_of(name.err) == 1);
  const Ended option = nram({"run", "--\x1b[2J"});
  CHECK_FALSE(has_control_characters(option.err));
  write_text(directory / "bad.npy",
             std::string("\x93NUMPY\x01\x00\x18\x00", 10) + "{'\x1b[2J\n\x9b': 1, }        \n");
  const Ended array = nram({"run", program, directory / "bad.npy", "-o", "-"});
  CHECK(array.exit_code == 3);
  CHECK_FALSE(has_control_characters(array.err));
}

TEST_CASE("a NUL byte does not end a text unseen") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "access");
  const Ended ended = nram({"eval", program, "--examples", case_file("nul-ends-example.jsonl")});
  CHECK(ended.exit_code == 3);
  CHECK(ended.err.find("line 1, column 58: there is a NUL byte") != std::string::npos);
  write_text(directory / "p.json", read_text(program) + std::string("\0", 1));
  CHECK(nram({"inspect", directory / "p.json"}).exit_code == 3);
}

TEST_CASE("an example with more registers than the program has is named by file and line") {
  const ScratchDirectory directory;
  const std::string file = case_file("too-many-registers.jsonl");
  const std::string where = "too-many-registers.jsonl: line 3: ";
  const Ended eval = nram({"eval", task_program(directory, "access"), "--examples", file});
  CHECK(eval.exit_code == 3);
  CHECK(eval.err.find(where) != std::string::npos);
  const Ended exported = nram({"export", NRAM_SOURCE_DIR "/samples/models/copy.safetensors", "-o",
                               directory / "p.json", "--examples", file});
  CHECK(exported.exit_code == 3);
  CHECK(exported.err.find(where) != std::string::npos);
  CHECK(directory.names() == std::vector<std::string>{"access.json"});
}

TEST_CASE("memories with a byte order mark, and lines that end in a lone CR") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "access");
  const Ended marked = nram({"run", program, case_file("bom.txt"), "-o", "-"});
  CHECK(marked.exit_code == 0);
  CHECK(marked.out == "7 5 6 7 8\n");
  const Ended lines = nram({"run", program, case_file("cr-lines.txt"), "-o", "-"});
  CHECK(lines.exit_code == 0);
  CHECK(lines.out == "7 5 6 7 8\n8 5 6 7 8\n");
}

TEST_CASE("-0 and 1.0 are whole numbers, as the schema of programs has it; 0.5 is none") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "access");
  const auto evaluate = [&](const std::string& number) {
    write_text(directory / "e.jsonl", R"({"memory":[2,5,9,)" + number + R"(,1],"expected":[)" +
                                          number + ",null,null,null,null]}\n");
    return nram({"eval", program, "--examples", directory / "e.jsonl"});
  };
  for (const std::string whole :
       {"-0", "1.0", "-0.0", "3e0", "0.4e1", "18446744073709551615.0", "9007199254740993.00"}) {
    CAPTURE(whole);
    CHECK(evaluate(whole).exit_code == 0);
  }
  for (const std::string broken :
       {"0.5", "1e-1", "1e20", "9007199254740993.5", "18446744073709551616.0"}) {
    CAPTURE(broken);
    CHECK(evaluate(broken).exit_code == 3);
  }
  // -1 and -1.0 are, too, but not for a program that compares unsigned ones.
  const std::string comparing = task_program(directory, "merge");
  for (const std::string negative : {"-1", "-1.0"}) {
    CHECK(evaluate(negative).exit_code == 0);
    CHECK(nram({"eval", comparing, "--examples", directory / "e.jsonl"}).exit_code == 3);
  }
  write_text(directory / "e.jsonl",
             "{\"memory\":[0,9007199254740993.0],\"expected\":[9007199254740993,null]}\n");
  CHECK(nram({"eval", program, "--examples", directory / "e.jsonl"}).exit_code == 0);
}

TEST_CASE("a wrong kind of file is named as what it is") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "access");
  const std::string model = NRAM_SOURCE_DIR "/samples/models/copy.safetensors";
  const std::string array = directory / "a.npy";
  const std::string examples = directory / "e.jsonl";
  const std::string zip = directory / "z.npz";
  const std::string utf16 = directory / "u.txt";
  REQUIRE(nram({"example", "copy", "-o", array}).exit_code == 0);
  REQUIRE(nram({"example", "copy", "-o", examples}).exit_code == 0);
  write_text(zip, std::string("PK\x03\x04\x14\x00\x00\x00\x00\x00", 10) + std::string(100, 'x'));
  write_text(utf16, std::string("\xFF\xFE"
                                "1\0 \0",
                                6));
  const std::string model_copy = directory / "m.npy";
  write_text(model_copy, read_text(model));
  write_text(directory / "named.csv", read_text(model));
  write_text(directory / "r.st.checkpoint", read_text(model));
  write_text(directory / "named.npy", "\x89PNG\r\n");
  write_text(directory / "rows.csv", "1,2\n3,4\n");
  write_text(directory / "two rows.txt", "1 2\n3 4\n");
  const std::string log = directory / "log.jsonl";
  write_text(log, R"({"seconds":1,"attempt":0,"arm":"annealing","status":"running"})");
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong = {
      {{"export", program, "-o", directory / "o.json"}, "this is a program, not a model"},
      {{"export", zip, "-o", directory / "o.json"}, "this is a zip archive"},
      {{"export", array, "-o", directory / "o.json"}, "this is an array"},
      {{"inspect", array}, "this is an array (.npy), not a program"},
      {{"inspect", examples}, "this is a file of examples, not a program"},
      {{"run", program, model, "-o", "-"}, "this is a model, not a memory"},
      {{"run", program, program, "-o", "-"}, "this is a program, not a memory"},
      {{"run", program, zip, "-o", "-"}, "this is a zip archive"},
      {{"run", program, utf16, "-o", "-"}, "this is a text in UTF-16"},
      {{"run", array, array, "-o", "-"}, "this is an array (.npy), not a program"},
      {{"eval", program, "--examples", array}, "this is an array (.npy), not a file of examples"},
      {{"eval", program, "--examples", program}, "this is a program, not a file of examples"},
      {{"run", program, model_copy, "--in-place"}, "this is a model, not an array"},
      {{"run", program, directory / "named.npy", "-o", "-"},
       "this is a picture (PNG), not a memory"},
      {{"examples", directory / "named.csv", array, "-o", "-"}, "this is a model, not a table"},
      {{"examples", model, array, "-o", "-"}, "this is a model, not a memory"},
      {{"example", "copy", "--check", program}, "this is a program, not a memory"},
      {{"curves", model, "-o", "-"}, "this is a model"},
      {{"train", "--examples", array, "-o", directory / "t.st"},
       "this is an array (.npy), not a file"},
      {{"train", "--examples", array, "-o", directory / "t.st"},
       "nram examples " + array + " AFTER.npy -o mine.jsonl"},
      {{"train", "--examples", directory / "rows.csv", "-o", directory / "t.st"},
       "this is a table, not a file of examples (.jsonl); make one"},
      {{"train", "--examples", directory / "two rows.txt", "-o", directory / "t.st"},
       "rows.txt' AFTER.txt -o mine.jsonl"},
      {{"train", "--examples", log, "-o", directory / "t.st"},
       "this is a log of `nram train --log`"},
      {{"train", "--examples", examples, "--ask", "--answers", array, "-o", directory / "t.st"},
       "this is an array (.npy), not a file of examples"},
      {{"train", "--task", "copy", "--resume", "-o", directory / "r.st"},
       "this is a model, not a checkpoint"},
  };
  for (const auto& [arguments, expected] : wrong) {
    const auto& what = expected;  // which Clang can capture
    const Ended ended = nram(arguments);
    CAPTURE(what);
    CAPTURE(ended.err);
    CHECK(ended.exit_code == 3);
    CHECK(ended.err.find(what) != std::string::npos);
  }
  REQUIRE(nram({"train", "--task", "merge", "--registers", "3", "--time", "0.5", "-o",
                directory / "m.st"})
              .exit_code == 1);
  const Ended checkpoint = nram({"inspect", directory / "m.st.checkpoint"});
  CHECK(checkpoint.exit_code == 3);
  CHECK(checkpoint.err.find("this is a checkpoint of a search") != std::string::npos);
}

TEST_CASE("what messages quote is never longer than a line") {
  const ScratchDirectory directory;
  const std::string program = task_program(directory, "access");
  const std::string digits(100'000, '7');
  const std::vector<std::string> lines = {
      R"({"memory":[)" + digits + R"(],"expected":[1]})",
      R"({"memory":[1)" + digits + "x",
      R"({"memory":[1],"expected":[1],")" + digits + R"(":1})",
      R"({"memory":[1],"expected":["x)" + digits + "\"]}",
      R"({")" + digits + R"(":1,")" + digits + "\":1}",
  };
  for (const std::string& line : lines) {
    write_text(directory / "e.jsonl", line + "\n");
    const Ended ended = nram({"eval", program, "--examples", directory / "e.jsonl"});
    CAPTURE(ended.err.substr(0, 500));
    CHECK(ended.exit_code == 3);
    CHECK(ended.err.size() < 500);
  }
  for (const std::string& text : {digits, "-" + digits, "x" + digits}) {
    const Ended ended = nram({"run", program, "-", "-o", "-"}, {.input = text});
    CHECK(ended.exit_code == 3);
    CHECK(ended.err.size() < 300);
  }
  const Ended option = nram({"run", program, "-", "-o", "-", "--steps", digits});
  CHECK(option.exit_code == 2);
  CHECK(option.err.size() < 500);
}

TEST_CASE("infinite outputs of a controller have probabilities that are numbers") {
  const ScratchDirectory directory;
  const Ended ended = nram(
      {"export", case_file("infinite-logits.safetensors"), "-o", directory / "x.json", "--json"});
  CAPTURE(ended.err);
  REQUIRE(ended.exit_code == 0);
  const nlohmann::json report = report_of(ended);
  REQUIRE(report["selectors"].size() > 0);
  for (const auto& selector : report["selectors"]) {
    CHECK(selector["weakest"]["probability"].is_number());
  }
}

TEST_CASE("outputs of a controller that are no numbers are named") {
  const ScratchDirectory directory;
  const Machine machine = Machine::standard(2);
  const ControllerShape controller{ControllerKind::feed_forward, {8}, Activation::relu};
  std::size_t size = 0;
  for (const TensorShape& tensor : tensor_shapes(machine, controller)) {
    size += tensor.size();
  }
  std::mt19937 random(7);
  std::vector<float> parameters(size);
  for (float& parameter : parameters) {
    parameter = random() % 2 == 0 ? 3e38F : -3e38F;
  }
  write_model(Model(machine, controller, parameters), directory / "m.st");
  const Ended ended = nram({"export", directory / "m.st", "-o", directory / "x.json"});
  CAPTURE(ended.err);
  CHECK(ended.exit_code == 3);
  CHECK(ended.err.find("float32 overflows") != std::string::npos);
  CHECK(directory.names() == std::vector<std::string>{"m.st"});
}

TEST_CASE("export says that the hard machine does not stop") {
  const ScratchDirectory directory;
  const std::vector<std::string> command = {"export",     case_file("never-stops.safetensors"),
                                            "-o",         directory / "x.json",
                                            "--examples", case_file("never-stops.jsonl")};
  const Ended text = nram(command);
  CHECK(text.exit_code == 0);
  CHECK(text.out.find("does not stop by itself on 100.0 %") != std::string::npos);
  CHECK(text.out.find("they agree in every step") == std::string::npos);
  std::vector<std::string> with_json = command;
  with_json.emplace_back("--json");
  CHECK(report_of(nram(with_json))["hard_stops"] == 0.0);
}

}  // namespace
}  // namespace nram::test
