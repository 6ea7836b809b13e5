#pragma once

/// All of nram: learn a program from examples, keep it, run it on memories of any size.
///
/// A complete program. `g++ -std=c++20` and the package's target nram::trainer are all it takes:
///
/// \code
/// #include <cstdio>
/// #include <nram/nram.hpp>
///
/// int main() {
///   // 200 arrays of 1 to 6 numbers, ended by a 0: every number is to become one more.
///   nram::Random random(1);
///   std::vector<nram::Example> examples(200);
///   for (nram::Example& example : examples) {
///     for (auto n = random.between(1, 6); n > 0; --n) {
///       example.memory.push_back(random.between(1, 200));
///       example.expected.push_back(example.memory.back() + 1);
///     }
///     example.memory.push_back(0);
///     example.expected.push_back(0);
///   }
///   const nram::TrainResult learned = nram::train(nram::ExamplesTask("increment", examples));
///   if (!learned.report.is_solved()) return 1;
///   nram::write_program(*learned.program, "increment.json");
///
///   std::vector<nram::Word> memory = {500, 7, 123456789, 8, 1, 1, 1, 1, 1, 0};
///   const nram::MemoryView view(memory);
///   // Numbers wrap round as the program was learned for; without a modulus, at 2^64.
///   const auto modulus =
///       nram::ModulusRule::of(learned.program->meaning()).modulus_for(view.size(), view.type());
///   const auto executor = nram::make_executor(nram::Engine::automatic, *learned.program);
///   const nram::RunResult run = executor->run(view, {.modulus = modulus, .step_limit = 1000});
///   for (const nram::Word value : memory) std::printf("%llu ", (unsigned long long)value);
///   return run.outcome == nram::Outcome::finished ? 0 : 1;  // 501 8 123456790 9 2 2 2 2 2 0
/// }
/// \endcode
///
/// What to read next: Task and FunctionTask for examples that a function draws, Settings for what a
/// run is to look for, ProgramBuilder for programs by hand, run_memories() for many memories at
/// once.

#include <nram/engine/batch.hpp>
#include <nram/engine/circuit.hpp>
#include <nram/engine/error.hpp>
#include <nram/engine/executor.hpp>
#include <nram/engine/machine.hpp>
#include <nram/engine/memory.hpp>
#include <nram/engine/module.hpp>
#include <nram/engine/modulus.hpp>
#include <nram/engine/optimise.hpp>
#include <nram/engine/program.hpp>
#include <nram/engine/program_builder.hpp>
#include <nram/engine/run_memories.hpp>
#include <nram/engine/simplify.hpp>
#include <nram/model-io/array_file.hpp>
#include <nram/model-io/example.hpp>
#include <nram/model-io/example_file.hpp>
#include <nram/model-io/exporter.hpp>
#include <nram/model-io/inspect.hpp>
#include <nram/model-io/memory_io.hpp>
#include <nram/model-io/model.hpp>
#include <nram/model-io/model_file.hpp>
#include <nram/model-io/program_file.hpp>
#include <nram/trainer/advice.hpp>
#include <nram/trainer/builtin_tasks.hpp>
#include <nram/trainer/constants_in_examples.hpp>
#include <nram/trainer/evaluation.hpp>
#include <nram/trainer/examples_task.hpp>
#include <nram/trainer/generated_task.hpp>
#include <nram/trainer/grade.hpp>
#include <nram/trainer/minimise.hpp>
#include <nram/trainer/random.hpp>
#include <nram/trainer/settings.hpp>
#include <nram/trainer/train.hpp>
