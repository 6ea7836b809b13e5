#include "storage/saved_search.hpp"

#include "discrete/cost/lane_evaluator.hpp"

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
  if (example.expected.size() != example.memory.size() || !discrete::Pack::fits(test)) {
    throw Error(ErrorKind::data, "a saved example is damaged");
  }
  return test;
}

}  // namespace nram
