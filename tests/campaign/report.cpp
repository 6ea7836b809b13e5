#include "report.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nram/model-io/program_file.hpp>

namespace nram::test {
namespace {

std::string text_of(const RunRecord& record) {
  std::ostringstream text;
  text << record;
  return text.str();
}

std::string_view name_of(Speculation speculation) {
  switch (speculation) {
    case Speculation::never:
      return "no loop is vectorised";
    case Speculation::worthwhile:
      return "loops are vectorised where that is worth it";
    case Speculation::always:
      break;
  }
  return "every loop is vectorised that can be";
}

bool can_be_a_file(const Machine& machine) {
  const auto& all = machine.modules();
  return std::none_of(all.begin(), all.end(),
                      [](const Module& one) { return one.opcode == Opcode::custom; });
}

// The input file: text is of 64-bit cells, an array of any.
std::string input_command(const Trial& trial) {
  if (trial.how.cells == CellType::u64) {
    std::string lines;
    for (const std::vector<Word>& memory : trial.memories) {
      lines += fmt::format("{}\n", fmt::join(memory, " "));
    }
    return "cat >memory.txt <<'END'\n" + lines + "END\n";
  }
  return fmt::format(
      "python3 -c \"import numpy; numpy.save('memory.npy', numpy.array({}, 'u4'))\"\n",
      trial.memories);
}

std::string run_command(const Trial& trial, const Finding& finding, std::string_view engine) {
  const RunOptions& how = trial.how.options;
  std::string line =
      fmt::format("nram run finding.json memory.{} -o - --keep-unfinished --engine {}",
                  trial.how.cells == CellType::u64 ? "txt" : "npy", engine);
  line += how.modulus == word_modulus(trial.how.cells)
              ? " --modulus word"
              : fmt::format(" --modulus {}", how.modulus.to_string());
  line += trial.program.machine().order() == Order::signed_numbers ? " --reinterpret" : "";
  line += how.step_limit != 0 ? fmt::format(" --steps {}", how.step_limit) : "";
  line += finding.speculation == Speculation::never ? " --no-speculate" : "";
  line +=
      how.registers.empty() ? "" : fmt::format(" --registers {}", fmt::join(how.registers, ","));
  return line + "\n";
}

}  // namespace

std::string describe(const Trial& trial, const Finding& finding) {
  std::string text = fmt::format(
      "{} differs from the reference ({}; modulus {}, {} threads, {}-bit cells):\n"
      "  wanted: {}\n  got:    {}\n",
      finding.executor, name_of(finding.speculation), trial.how.options.modulus.to_string(),
      trial.threads, trial.how.cells == CellType::u64 ? 64 : 32, text_of(finding.expected),
      text_of(finding.got));
  if (!can_be_a_file(trial.program.machine())) {
    return text + "The program has modules of its own, so no file can hold it; --trial shows it.\n";
  }
  const std::string_view engine = finding.executor.starts_with("jit")    ? "jit"
                                  : finding.executor.starts_with("auto") ? "auto"
                                                                         : "interpreter";
  text += "cat >finding.json <<'END'\n" + program_text(trial.program) + "END\n";
  text += input_command(trial);
  return text + run_command(trial, finding, "reference") + run_command(trial, finding, engine);
}

}  // namespace nram::test
