// Random programs on random memories, with what the reference makes of them, one JSON object a
// line: what the explorer's page has to compute as well.
//
//   explorer-make-cases COUNT SEED

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <support/random_program.hpp>
#include <support/random_run.hpp>

#include <nram/engine/executor.hpp>
#include <nram/engine/order.hpp>
#include <nram/model-io/program_file.hpp>

namespace nram::test {
namespace {

/// Without modules of a user's own, which files cannot name.
Machine machine_of_files(std::mt19937_64& random, Order order) {
  RandomShape shape;
  shape.order = order;
  shape.any_modules = random() % 4 != 0;
  const Machine machine = random_machine(shape, random);
  std::vector<Module> modules = machine.modules();
  std::erase_if(modules, [](const Module& module) { return module.opcode == Opcode::custom; });
  if (modules.empty()) {
    return Machine::standard(machine.registers(), order);
  }
  return {machine.registers(), std::move(modules), order};
}

Program program_of_files(std::mt19937_64& random) {
  const Order order = random() % 2 == 0 ? Order::signed_numbers : Order::unsigned_numbers;
  const Machine machine = machine_of_files(random, order);
  std::vector<Circuit> circuits;
  const std::size_t count = 1 + random() % 6;
  circuits.reserve(count);
  for (std::size_t c = 0; c < count; ++c) {
    circuits.push_back(random_circuit(machine, random));
  }
  const auto states = static_cast<std::uint32_t>(1 + random() % 4);
  std::vector<Transition> table(std::size_t{states} * machine.masks());
  for (Transition& transition : table) {
    transition.circuit = static_cast<std::uint32_t>(random() % count);
    transition.next_state = static_cast<std::uint32_t>(random() % states);
    transition.finish = random() % 25 == 0;
  }
  return {machine, std::move(circuits), rules_from_table(machine, table)};
}

std::vector<std::string> texts(const std::vector<Word>& values) {
  std::vector<std::string> result;
  result.reserve(values.size());
  for (const Word value : values) {
    result.push_back(std::to_string(value));
  }
  return result;
}

const char* name_of_outcome(Outcome outcome) {
  return outcome == Outcome::finished     ? "finished"
         : outcome == Outcome::step_limit ? "limit"
                                          : "fault";
}

nlohmann::json case_of(std::mt19937_64& random) {
  const Program program = program_of_files(random);
  const std::size_t cells = 1 + random() % (random() % 4 == 0 ? 40 : 8);
  const Modulus modulus = random_modulus(cells, random).first;
  std::vector<Word> memory = random_memory(cells, modulus, random);
  RunOptions options;
  options.modulus = modulus;
  options.step_limit = random() % 300;
  nlohmann::json result;
  result["program"] = nlohmann::json::parse(program_text(program));
  result["memory"] = texts(memory);
  result["modulus"] =
      modulus == Modulus::word64() ? "18446744073709551616" : std::to_string(modulus.value());
  result["limit"] = options.step_limit;
  const auto executor = make_executor(Engine::reference, program);
  const RunResult run = executor->run(MemoryView(memory), options);
  result["outcome"] = name_of_outcome(run.outcome);
  result["steps"] = run.steps;
  result["state"] = run.state;
  result["registers"] = texts(run.registers);
  result["result"] = texts(memory);
  std::vector<std::string> shown;
  shown.reserve(memory.size());
  for (const Word value : memory) {
    shown.push_back(number_text(value, modulus, program.machine().order()));
  }
  result["shown"] = shown;
  result["fault"] = nullptr;
  if (run.fault) {
    result["fault"] = {{"module", run.fault->module},
                       {"address", std::to_string(run.fault->address)}};
  }
  return result;
}

}  // namespace
}  // namespace nram::test

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: explorer-make-cases COUNT SEED\n";
    return 2;
  }
  std::mt19937_64 random(std::strtoull(argv[2], nullptr, 10));
  for (unsigned long count = std::strtoul(argv[1], nullptr, 10); count > 0; --count) {
    std::cout << nram::test::case_of(random).dump() << "\n";
  }
  return std::cout.flush() ? 0 : 1;
}
