#include "attempts/saved_annealing.hpp"

#include <string>
#include <utility>
#include <vector>

#include <nram/engine/error.hpp>

namespace nram {

Json to_json(const discrete::Candidate& candidate) {
  Json circuits = Json::array();
  for (unsigned c = 0; c < candidate.circuit_count; ++c) {
    circuits.push_back({candidate.circuits[c].arguments, candidate.circuits[c].registers});
  }
  return {circuits, candidate.circuit, candidate.next_state, candidate.finish, candidate.tests};
}

discrete::Candidate candidate_from(const Json& json) {
  discrete::Candidate candidate;
  const Json& circuits = json.at(0);
  if (circuits.empty() || circuits.size() > discrete::max_circuits) {
    throw Error(ErrorKind::data, "a saved candidate has an impossible number of circuits");
  }
  candidate.circuit_count = static_cast<unsigned>(circuits.size());
  for (unsigned c = 0; c < candidate.circuit_count; ++c) {
    circuits.at(c).at(0).get_to(candidate.circuits[c].arguments);
    circuits.at(c).at(1).get_to(candidate.circuits[c].registers);
  }
  json.at(1).get_to(candidate.circuit);
  json.at(2).get_to(candidate.next_state);
  json.at(3).get_to(candidate.finish);
  json.at(4).get_to(candidate.tests);
  return candidate;
}

Json to_json(const TestCase& test) {
  const Example& example = test.example;
  Json expected = Json::array();
  for (const auto& value : example.expected) {
    expected.push_back(value ? Json(*value) : Json());
  }
  const Word modulus = test.modulus ? test.modulus->value() : 0;
  return {example.memory, expected, example.registers, example.steps.value_or(1), modulus};
}

TestCase test_case_from(const Json& json) {
  TestCase test;
  Example& example = test.example;
  json.at(0).get_to(example.memory);
  for (const Json& value : json.at(1)) {
    example.expected.push_back(value.is_null() ? std::nullopt : std::optional(value.get<Word>()));
  }
  json.at(2).get_to(example.registers);
  example.steps = json.at(3).get<std::uint64_t>();
  if (const auto modulus = json.at(4).get<Word>(); modulus != 0) {
    test.modulus = Modulus::of(modulus);
  }
  if (example.expected.size() != example.memory.size() || !discrete::ExampleBatch::fits(test)) {
    throw Error(ErrorKind::data, "a saved example is damaged");
  }
  return test;
}

Json to_json(const discrete::ElitePool& pool) {
  Json elites = Json::array();
  for (const discrete::Elite& elite : pool.elites()) {
    elites.push_back({exact(elite.cost), to_json(elite.candidate)});
  }
  return {elites, exact(pool.best_cost()), pool.stale()};
}

void restore_pool(const Json& json, discrete::ElitePool& pool) {
  std::vector<discrete::Elite> elites;
  for (const Json& elite : json.at(0)) {
    elites.push_back({exact_double(elite.at(0)), candidate_from(elite.at(1))});
  }
  pool.restore(std::move(elites), exact_double(json.at(1)), json.at(2).get<unsigned>());
}

Json to_json(const discrete::CounterExamples& examples) {
  Json cases = Json::array();
  for (const TestCase& example : examples.examples()) {
    cases.push_back(to_json(example));
  }
  return {cases, to_json(examples.random())};
}

void restore_examples(const Json& json, discrete::CounterExamples& examples) {
  std::vector<TestCase> cases;
  for (const Json& example : json.at(0)) {
    cases.push_back(test_case_from(example));
  }
  Random random = examples.random();
  restore(random, json.at(1));
  examples.restore(std::move(cases), random);
}

Json to_json(const discrete::MoveCounts& counts) {
  Json json = Json::array();
  for (const MoveCount& move : counts.counts()) {
    json.push_back({std::string(move.name), move.proposed, move.accepted, move.improved});
  }
  return json;
}

void restore_counts(const Json& json, discrete::MoveCounts& counts) {
  for (const Json& move : json) {
    const auto name = move.at(0).get<std::string>();
    counts.restore(name, move.at(1).get<std::uint64_t>(), move.at(2).get<std::uint64_t>(),
                   move.at(3).get<std::uint64_t>());
  }
}

}  // namespace nram
