// What model-io reads.

#include "memory_file.hpp"
#include "target.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

#include <support/run_record.hpp>

#include <nram/engine/executor.hpp>
#include <nram/engine/meaning.hpp>
#include <nram/model-io/array_file.hpp>
#include <nram/model-io/csv_file.hpp>
#include <nram/model-io/example_file.hpp>
#include <nram/model-io/exporter.hpp>
#include <nram/model-io/inspect.hpp>
#include <nram/model-io/model_file.hpp>
#include <nram/model-io/program_file.hpp>
#include <nram/model-io/text_file.hpp>

namespace nram::fuzz {
namespace {

// The same program by the slow and the fast executor.
void run_both_ways(const Program& program) {
  const auto reference = make_executor(Engine::reference, program);
  const auto interpreter = make_executor(Engine::interpreter, program);
  for (const Speculation speculation : {Speculation::never, Speculation::always}) {
    const test::RunCase run_case{
        .memory = {4, 5, 6, 7, 1, 0, 3, 2},
        .options = {.modulus = Modulus::of(8), .step_limit = 40, .speculation = speculation}};
    require(test::record_run(*reference, run_case) == test::record_run(*interpreter, run_case),
            "the executors differ");
  }
}

// All cells, or as many as one looks at.
void look_at(Memories memories) {
  std::size_t left = 4096;
  Word sum = 0;
  for (const MemoryView& row : memories.rows()) {
    for (std::size_t cell = 0; cell < row.size() && left > 0; ++cell, --left) {
      sum += row.load(cell);
    }
  }
  volatile Word seen = sum;
  (void)seen;
}

}  // namespace

void run_program(std::string_view bytes) {
  const Program program = parse_program(bytes, "program");
  const std::string text = program_text(program);
  require(program_text(parse_program(text, "program")) == text, "written and read: another one");
  run_both_ways(program);
}

void run_model(std::string_view bytes) {
  const Model model = parse_model(bytes, "model");
  const std::string written = model_bytes(model);
  require(model_bytes(parse_model(written, "model")) == written, "written and read: another one");
  if (model.controller().kind == ControllerKind::feed_forward) {  // an LSTM may take its time
    run_both_ways(export_model(model).program);
  }
}

void run_examples(std::string_view bytes) {
  const std::vector<Example> examples = parse_examples(bytes, "examples");
  const std::string text = examples_text(examples);
  require(examples_text(parse_examples(text, "examples")) == text, "written and read: others");
}

void run_array(std::string_view bytes) {
  const NpyHeader header = parse_npy_header(bytes, "array");
  require(header.data_offset <= bytes.size(), "the data begins behind the end");
  const MemoryFile file(bytes);
  look_at(read_npy(file.path()));
}

void run_memory_text(std::string_view bytes) { look_at(parse_memory_text(bytes, "memories")); }

void run_csv(std::string_view bytes) { (void)parse_csv(bytes, "table"); }

}  // namespace nram::fuzz
