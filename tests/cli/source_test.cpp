// nram export --to c and --to python: the sources do what the reference does, and compile without a
// warning. Many programs are in one file, and many runs in one process.

#include "fixtures.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/errors.hpp>
#include <support/program_text.hpp>
#include <support/random_program.hpp>

#include <nram/engine/error.hpp>
#include <nram/engine/executor.hpp>
#include <nram/model-io/program_file.hpp>
#include <nram/model-io/source_code.hpp>

namespace nram::test {
namespace {

// A program and for which cells and modulus it is written.
struct Sourced {
  Program program;
  SourceOptions options;

  [[nodiscard]] Modulus modulus(std::size_t cells) const {
    return options.modulus->modulus_for(cells, options.cells);
  }
};

constexpr std::size_t most_cells = 12;

std::optional<Program> without_custom_modules(const Program& program) {
  for (const Module& module : program.machine().modules()) {
    if (module.opcode == Opcode::custom) {
      return std::nullopt;
    }
  }
  return program;
}

SourceOptions random_options(std::size_t number, std::mt19937_64& random) {
  SourceOptions options{"program_" + std::to_string(number)};
  switch (random() % 5) {
    case 0:
      options.modulus = ModulusRule::cells();
      break;
    case 1:
      options.modulus = ModulusRule::fixed(Modulus::of(most_cells + random() % 30));
      break;
    case 2:
      options.modulus = ModulusRule::fixed(Modulus::of(~Word{0} - random() % 3));
      break;
    case 3:
      options.cells = CellType::u32;
      options.modulus = ModulusRule::word();
      break;
    default:
      options.modulus = ModulusRule::word();
  }
  if (options.modulus == ModulusRule::cells() && random() % 2 == 0) {
    options.cells = CellType::u32;
  }
  return options;
}

// Random ones, and all samples.
std::vector<Sourced> programs_for_source(std::size_t count, std::mt19937_64& random) {
  std::vector<Sourced> programs;
  for (const auto& entry :
       std::filesystem::directory_iterator(NRAM_SOURCE_DIR "/samples/programs")) {
    programs.push_back(
        {read_program(entry.path().string()), random_options(programs.size(), random)});
  }
  while (programs.size() < count) {
    RandomShape shape;
    shape.max_states = programs.size() % 20 == 0 ? 9 : 3;
    shape.any_modules = programs.size() % 3 != 0;
    shape.order = programs.size() % 4 == 3 ? Order::signed_numbers : Order::unsigned_numbers;
    if (const auto program = without_custom_modules(random_program(shape, random))) {
      // Some end after a number of steps.
      auto metadata = program->metadata();
      if (programs.size() % 9 == 0) {
        metadata["steps"] = "7";
      }
      programs.push_back(
          {Program(program->machine(), program->circuits(), program->rules(), metadata),
           random_options(programs.size(), random)});
    }
  }
  return programs;
}

// One run, as numbers: program, cells, limit, memory; and what came of it: outcome, steps, state,
// module and address of a fault, 16 registers, memory.
struct SourceCases {
  std::vector<Word> asked;
  std::vector<Word> answers;
  std::size_t count = 0;
};

void add_case(const std::vector<Sourced>& programs, const Executor& reference, std::size_t number,
              std::mt19937_64& random, SourceCases& cases) {
  const Sourced& sourced = programs[number];
  const std::size_t cells = 1 + random() % most_cells;
  const Modulus modulus = sourced.modulus(cells);
  const std::vector<Word> memory = random_memory(cells, modulus, random);
  RunOptions options{.modulus = modulus, .step_limit = random() % 40};
  cases.asked.insert(cases.asked.end(), {number, cells, options.step_limit});
  cases.asked.insert(cases.asked.end(), memory.begin(), memory.end());
  ++cases.count;

  const auto steps = sourced.program.meaning().steps;
  const bool ends = steps && options.step_limit >= *steps;
  options.step_limit = ends ? *steps : options.step_limit;
  std::vector<Word> after = memory;
  const RunResult result = reference.run(MemoryView(std::span(after)), options);
  const Word outcome = result.outcome == Outcome::finished        ? 0
                       : result.outcome == Outcome::address_fault ? 2
                       : ends                                     ? 0
                                                                  : 1;
  cases.answers.insert(cases.answers.end(), {outcome, result.steps, result.state,
                                             result.fault ? result.fault->module : 0,
                                             result.fault ? result.fault->address : 0});
  std::vector<Word> registers = result.registers;
  registers.resize(Machine::max_registers);
  cases.answers.insert(cases.answers.end(), registers.begin(), registers.end());
  cases.answers.insert(cases.answers.end(), after.begin(), after.end());
}

SourceCases draw_cases(const std::vector<Sourced>& programs, std::size_t count,
                       std::mt19937_64& random) {
  std::vector<std::unique_ptr<Executor>> references;
  for (const Sourced& sourced : programs) {
    references.push_back(make_executor(Engine::reference, sourced.program));
  }
  SourceCases cases;
  while (cases.count < count) {
    const std::size_t number = cases.count % programs.size();
    add_case(programs, *references[number], number, random, cases);
  }
  return cases;
}

std::string bytes_of(const std::vector<Word>& words) {
  std::string bytes(words.size() * sizeof(Word), '\0');
  std::memcpy(bytes.data(), words.data(), bytes.size());
  return bytes;
}

// What the process answered is what the reference did.
void require_answers(const SourceCases& cases, const std::string& answered) {
  const std::string expected = bytes_of(cases.answers);
  REQUIRE(answered.size() == expected.size());
  const auto differs = std::mismatch(expected.begin(), expected.end(), answered.begin()).first;
  CAPTURE((differs - expected.begin()) / 8);  // number of the word
  CHECK(differs == expected.end());
}

// Reads cases from standard input and answers them.
std::string c_driver(const std::vector<Sourced>& programs) {
  std::string text = R"(
#include <stdio.h>

static uint64_t in[64], out[64];
static uint64_t next(void) {
  uint64_t value = 0;
  return fread(&value, sizeof value, 1, stdin) == 1 ? value : 0;
}

)";
  for (const Sourced& sourced : programs) {
    const std::string name = sourced.options.name;
    const std::string cell = sourced.options.cells == CellType::u32 ? "uint32_t" : "uint64_t";
    const std::string registers = std::to_string(sourced.program.machine().registers());
    text += "static void call_" + name + "(size_t count, uint64_t limit) {\n  struct " + name +
            "_run run;\n  " + cell + " cells[16];\n" +
            "  for (size_t i = 0; i < count; ++i) cells[i] = (" + cell + ")in[i];\n" +
            "  out[0] = (uint64_t)" + name + "(cells, count, limit, &run);\n" +
            "  out[1] = run.steps; out[2] = run.state; out[3] = run.fault_module;\n" +
            "  out[4] = run.fault_address;\n  for (int r = 0; r < 16; ++r) out[5 + r] = r < " +
            registers + " ? run.registers[r < " + registers + " ? r : 0] : 0;\n" +
            "  for (size_t i = 0; i < count; ++i) out[21 + i] = cells[i];\n}\n";
  }
  text += "int main(void) {\n  static void (*const calls[])(size_t, uint64_t) = {\n";
  for (const Sourced& sourced : programs) {
    text += "    call_" + sourced.options.name + ",\n";
  }
  return text + R"(  };
  for (uint64_t left = next(); left > 0; --left) {
    const uint64_t program = next();
    const size_t count = (size_t)next();
    const uint64_t limit = next();
    for (size_t i = 0; i < count; ++i) in[i] = next();
    calls[program](count, limit);
    fwrite(out, sizeof out[0], 21 + count, stdout);
  }
  return 0;
}
)";
}

bool has_command(const std::string& name) {
  return shell("command -v " + name + " >/dev/null").exit_code == 0;
}

TEST_CASE("C sources do what the reference does, and compile without a warning") {
  constexpr std::size_t programs_each = sanitized ? 60 : 200;
  constexpr std::size_t case_count = 110'000;
  std::mt19937_64 random(22);
  const ScratchDirectory directory;
  const auto programs = programs_for_source(programs_each, random);
  std::string text;
  for (const Sourced& sourced : programs) {
    text += c_source(sourced.program, sourced.options);
  }
  write_text(directory / "all.c", text + c_driver(programs));
  const SourceCases cases = draw_cases(programs, case_count, random);
  std::vector<Word> asked{cases.count};
  asked.insert(asked.end(), cases.asked.begin(), cases.asked.end());
  write_text(directory / "asked", bytes_of(asked));
  const std::string warnings = " -std=c11 -Wall -Wextra -Wconversion -pedantic -Werror ";
  for (const std::string compiler :
       {"gcc -O1", "clang -O1", "gcc -O1 -fsanitize=undefined -fno-sanitize-recover=all"}) {
    CAPTURE(compiler);
    if (!has_command(compiler.substr(0, compiler.find(' ')))) {
      MESSAGE("skipped, as there is no such compiler: ", compiler);
      continue;
    }
    const Ended compiled = shell(compiler + warnings + "'" + (directory / "all.c") + "' -o '" +
                                 (directory / "all") + "'");
    CAPTURE(compiled.err.substr(0, 4000));
    REQUIRE(compiled.exit_code == 0);
    CHECK(compiled.err.empty());
    const Ended ran = shell("'" + (directory / "all") + "' < '" + (directory / "asked") + "' > '" +
                            (directory / "answers") + "'");
    CAPTURE(ran.err);
    CHECK(ran.exit_code == 0);
    require_answers(cases, read_text(directory / "answers"));
  }
}

constexpr const char* python_driver = R"(
import array, sys

class Number:  # as a scalar of NumPy: no int, but becomes one
    def __init__(self, value): self.value = value
    def __int__(self): return self.value

class Cells:  # as an array of NumPy: a length, items, itemsize
    def __init__(self, cells): self.cells, self.itemsize = cells, cells.itemsize
    def __len__(self): return len(self.cells)
    def __getitem__(self, i): return Number(self.cells[i])
    def __setitem__(self, i, value): self.cells[i] = value

asked = array.array("Q")
asked.frombytes(open(sys.argv[1], "rb").read())
outcomes = {"finished": 0, "step limit": 1, "address fault": 2}
answers = array.array("Q")
at = 1
for case in range(asked[0]):
    number, count, limit = asked[at:at + 3]
    words = asked[at + 3:at + 3 + count]
    at += 3 + count
    call, bits, is_signed, is_word = programs[number]
    half = 1 << (bits - 1)
    m = modulus_of(number, count)
    values = [v - m if is_signed and v > (m - 1) // 2 else v for v in words]
    code = {32: "I", 64: "Q"}[bits]
    code = code.lower() if is_signed else code
    kind = case // len(programs) % 3
    if kind == 0 and not (is_word and bits == 32):
        cells = values
    else:
        cells = array.array(code, values)
        cells = Cells(cells) if kind == 2 else cells
    run = call(cells, limit)
    fault = run.fault or (0, 0)
    answers.extend([outcomes[run.outcome], run.steps, run.state, *fault])
    answers.extend(run.registers + [0] * (16 - len(run.registers)))
    answers.extend(int(cells[i]) % m for i in range(count))
open(sys.argv[2], "wb").write(answers.tobytes())
)";

std::string python_tables(const std::vector<Sourced>& programs) {
  std::string calls = "programs = [\n";
  std::string moduli = "moduli = [\n";
  for (const Sourced& sourced : programs) {
    const bool cells = sourced.options.modulus->is_cells();
    const bool word = *sourced.options.modulus == ModulusRule::word();
    const std::string bits = sourced.options.cells == CellType::u32 ? "32" : "64";
    calls += "    (" + sourced.options.name + ", " + bits + ", " +
             (sourced.program.machine().order() == Order::signed_numbers ? "True, " : "False, ") +
             (word ? "True),\n" : "False),\n");
    moduli += word    ? "    1 << " + bits + ",\n"
              : cells ? std::string("    0,\n")
                      : "    " + std::to_string(sourced.modulus(1).value()) + ",\n";
  }
  return calls + "]\n" + moduli +
         "]\ndef modulus_of(number, count): return moduli[number] or count\n";
}

TEST_CASE("Python sources do what the reference does, on lists and arrays") {
  if (!has_command("python3")) {
    MESSAGE("skipped, as there is no python3");
    return;
  }
  std::mt19937_64 random(23);
  const ScratchDirectory directory;
  const auto programs = programs_for_source(120, random);
  std::string text;
  for (const Sourced& sourced : programs) {
    text += python_source(sourced.program, sourced.options) + "\n\n";
  }
  write_text(directory / "all.py", text + python_tables(programs) + python_driver);
  const SourceCases cases = draw_cases(programs, 110'000, random);
  std::vector<Word> asked{cases.count};
  asked.insert(asked.end(), cases.asked.begin(), cases.asked.end());
  write_text(directory / "asked", bytes_of(asked));
  const Ended ran = shell("python3 -W error '" + (directory / "all.py") + "' '" +
                          (directory / "asked") + "' '" + (directory / "answers") + "'");
  CAPTURE(ran.err);
  REQUIRE(ran.exit_code == 0);
  require_answers(cases, read_text(directory / "answers"));
}

TEST_CASE("sources of the command: readable, named, for standard output, too") {
  const ScratchDirectory directory;
  const std::string copy = task_program(directory, "copy");
  const Ended c = nram({"export", copy, "--to", "c", "-o", directory / "copy-it.c"});
  CAPTURE(c.err);
  CHECK(c.exit_code == 0);
  CHECK(mentions(c.out, "copy-it.c: call copy_it()"));
  const std::string text = read_text(directory / "copy-it.c");
  CHECK(mentions(text, "/* copy_it: a program of nram, as C11.", "Arithmetic is modulo 2^64.",
                 "enum copy_it_outcome copy_it(uint64_t *cells, size_t count", "stop", "mem[",
                 "goto state_0;"));
  const Ended narrow = nram({"export", copy, "--to", "c", "-o", "-", "--cell-bits", "32", "--name",
                             "narrow", "--modulus", "cells"});
  CHECK(mentions(narrow.out, "narrow(uint32_t *cells", "modulo the number of cells"));
  const Ended python = nram({"export", NRAM_SOURCE_DIR "/samples/models/copy.safetensors", "--to",
                             "python", "-o", directory / "copy.py"});
  CHECK(python.exit_code == 0);
  if (has_command("python3")) {
    const Ended ran = shell("cd '" + (directory / "") +
                            "' && python3 -c 'import copy as c, sys\n"
                            "sys.path.insert(0, \".\")\nimport importlib.util as u\n"
                            "s = u.spec_from_file_location(\"x\", \"copy.py\")\n"
                            "m = u.module_from_spec(s); s.loader.exec_module(m)\n"
                            "a = [5, 7, 8, 9, 0, 0, 0, 0, 0]\nprint(m.copy(a).outcome, a)'");
    CAPTURE(ran.err);
    CHECK(ran.out == "finished [5, 7, 8, 9, 0, 7, 8, 9, 0]\n");
  }
}

TEST_CASE("what cannot be source is refused") {
  const ScratchDirectory directory;
  const std::string copy = task_program(directory, "copy");
  const auto refused = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"export", copy});
    const Ended ended = nram(options);
    CHECK(ended.exit_code == 2);
    return ended.err;
  };
  CHECK(mentions(refused({"--to", "c", "-o", directory / "for.c"}), "'for' cannot be the name"));
  // Types and macros of C's headers, and what the Python function itself calls.
  for (const std::string name : {"uint32_t", "linux", "lambda", "len", "max", "Run"}) {
    CAPTURE(name);
    CHECK(mentions(refused({"--to", "python", "-o", directory / (name + ".py")}),
                   "'" + name + "' cannot be the name"));
  }
  CHECK(mentions(refused({"--to", "c", "-o", directory / "1.c"}), "--name"));
  CHECK(mentions(refused({"--to", "c", "-o", directory / "a.py"}), "a C source is named .c"));
  CHECK(mentions(refused({"--to", "python", "-o", directory / "a.py", "--cell-bits", "32"}),
                 "--cell-bits does nothing here"));
  CHECK(mentions(refused({"--to", "c", "-o", directory / "a.c", "--json"}), "--to program"));
  CHECK(mentions(refused({"--to", "c", "-o", directory / "a.c", "--cell-bits", "32", "--modulus",
                          "5000000000"}),
                 "5000000000"));
  // Nothing in the metadata ends the comment, or is a line of its own.
  const Program odd(
      program_from_text(Machine::standard(1), {{"", "READ(r0) WRITE(r0,READ)", true}}));
  const Program evil(odd.machine(), odd.circuits(), odd.rules(),
                     {{"task", "*/ int x; /* \\\n#error"}});
  const std::string text = c_source(evil, {"evil"});
  CHECK(count_of("*/ int x", text) == 0);
  CHECK(count_of("\n#error", text) == 0);
  CHECK(count_of("\n#error", python_source(evil, {"evil"})) == 0);
}

}  // namespace
}  // namespace nram::test
