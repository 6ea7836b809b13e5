#include "../flow/optimise.hpp"
#include "compiler.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/object_code.hpp>
#include <nram/engine/reserved_words.hpp>

namespace nram {
namespace {

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorKind::usage, "cannot compile the program to an object file: " + why);
}

// {name}, {guard}, {bits}, {modulus_text}, {modulus}, {refused}, {block}, {note}, {call}
constexpr const char* header_text =
    R"(/* {name}: a program of nram, compiled. Link the object file that came with this header.
 *
 * {name}(cells, count, step_limit, run) runs the program on `count` cells, which it changes in
 * place, for at most `step_limit` steps. Arithmetic is modulo {modulus_text}; every cell must be below it.{note}
 * What happened is in *run, which needs no initialisation. Any number of threads may call it at the
 * same time on different cells.
 */
#ifndef {guard}
#define {guard}

#include <stdint.h>

#ifdef __cplusplus
extern "C" {{
#endif

#ifndef NRAM_RUN
#define NRAM_RUN
enum nram_outcome {{
  NRAM_FINISHED = 0,
  NRAM_STEP_LIMIT = 1,    /* it did not finish within the limit */
  NRAM_ADDRESS_FAULT = 2, /* there is no cell `fault_address`; cells are as before that step */
  NRAM_REFUSED = 3        /* nothing was run: the number of cells does not fit the modulus */
}};

struct nram_run {{
  uint64_t steps; /* completed */
  uint64_t step_limit;
  uint64_t modulus;
  uint64_t fault_address;
  uint32_t fault_module; /* index of the READ or WRITE in the program */
  uint32_t state;
  uint32_t block;
  uint32_t reserved;
  uint64_t registers[16]; /* after the last completed step */
}};
#endif

uint32_t {name}_steps(uint{bits}_t *cells, uint64_t count, struct nram_run *run);

static inline enum nram_outcome {name}(uint{bits}_t *cells, uint64_t count, uint64_t step_limit,
                                       struct nram_run *run) {{
  const struct nram_run start = {{0, step_limit, {modulus}, 0, 0, 0, {block}, 0, {{0}}}};
  *run = start;
  if ({refused}) {{
    return NRAM_REFUSED;
  }}
{call}}}

#ifdef __cplusplus
}}
#endif

#endif
)";

// The end of the function: what it calls, and what it returns.
std::string call_text(const std::string& name, std::optional<std::uint64_t> steps) {
  const std::string call = fmt::format("(enum nram_outcome){}_steps(cells, count, run)", name);
  if (!steps) {
    return fmt::format("  return step_limit == 0 ? NRAM_STEP_LIMIT : {};\n", call);
  }
  return fmt::format(
      "  if (step_limit < UINT64_C({0})) {{\n"
      "    return step_limit == 0 ? NRAM_STEP_LIMIT : {1};\n"
      "  }}\n"
      "  run->step_limit = UINT64_C({0});\n"
      "  const enum nram_outcome outcome = {1};\n"
      "  return outcome == NRAM_STEP_LIMIT ? NRAM_FINISHED : outcome;\n",
      *steps, call);
}

std::string header(const Program& program, const ObjectCodeOptions& options,
                   std::optional<Modulus> modulus, std::size_t entry) {
  std::string guard = "NRAM_PROGRAM_" + options.name + "_H";
  std::transform(guard.begin(), guard.end(), guard.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  std::string text = "the number of cells";
  std::string value = "count";
  std::string refused = "count < 3";
  if (modulus) {
    const Modulus m = *modulus;
    text = m.to_string();
    value = fmt::format("UINT64_C({})", m.value());
    refused = m.value() == 0 ? "count == 0" : fmt::format("count == 0 || count > {}", value);
  }
  const auto steps = program.meaning().steps;
  const std::string note =
      (program.machine().order() == Order::signed_numbers
           ? "\n * Cells are compared as signed numbers, two's complement."
           : "") +
      (steps ? fmt::format("\n * It ends, finished, after {} steps, if not before.", *steps) : "");
  return fmt::format(fmt::runtime(header_text), fmt::arg("note", note),
                     fmt::arg("call", call_text(options.name, steps)),
                     fmt::arg("name", options.name), fmt::arg("guard", guard),
                     fmt::arg("bits", options.cells == CellType::u32 ? 32 : 64),
                     fmt::arg("modulus_text", text), fmt::arg("modulus", value),
                     fmt::arg("refused", refused), fmt::arg("block", entry));
}

}  // namespace

ObjectCode compile_object(const Program& program, const ObjectCodeOptions& options) {
  if (!is_identifier(options.name)) {
    refuse("'" + options.name + "' is no name for a C function");
  }
  if (is_reserved_word(options.name)) {
    refuse("a function cannot be called '" + options.name +
           "' in C and C++, which use the word themselves; choose another name (--name)");
  }
  for (const Module& module : program.machine().modules()) {
    if (module.opcode == Opcode::custom) {
      refuse("its module " + module.name + " is known by a function of this process only");
    }
  }
  const Modulus word = word_modulus(options.cells);
  const ModulusRule rule = options.modulus.value_or(ModulusRule::of(program.meaning()));
  const std::optional<Modulus> modulus =
      rule.is_cells() ? std::nullopt : std::optional(rule.modulus_for(1, options.cells));
  if (modulus && !modulus->contains(flow::smallest_modulus - 1)) {
    refuse("the modulus must be at least 3");
  }
  if (modulus && !word.contains(modulus->largest())) {
    refuse(fmt::format("the modulus {} is larger than a cell's {}", modulus->to_string(),
                       word.to_string()));
  }
  const flow::Flow flow = flow::optimise(program, options.optimisations, modulus.has_value());
  if (flow.blocks.size() > jit::most_blocks) {
    refuse("it has hundreds of distinct steps");
  }
  const jit::Specialisation specialisation{options.cells, modulus == word};
  return {jit::load_compiler().object(flow, specialisation, options.name + "_steps"),
          header(program, options, modulus, flow.entry)};
}

}  // namespace nram
