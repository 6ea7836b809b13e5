#include "attempts/saved_annealing.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <nram/engine/error.hpp>

namespace nram {
namespace {

// As many small numbers as there have to be.
template <std::size_t size>
void read_bytes(const Json& json, std::array<std::uint8_t, size>& bytes) {
  constexpr std::uint64_t most = 255;
  if (json.size() != size) {
    throw Error(ErrorKind::data, "a part of a saved candidate has the wrong size");
  }
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::uint8_t>(count_from(json.at(i), most));
  }
}

std::vector<Word> words_below(const Json& json, Word limit) {
  std::vector<Word> words;
  for (const Json& word : json) {
    words.push_back(count_from(word, limit - 1));
  }
  return words;
}

}  // namespace

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
    read_bytes(circuits.at(c).at(0), candidate.circuits[c].arguments);
    read_bytes(circuits.at(c).at(1), candidate.circuits[c].registers);
  }
  read_bytes(json.at(1), candidate.circuit);
  read_bytes(json.at(2), candidate.next_state);
  json.at(3).get_to(candidate.finish);
  read_bytes(json.at(4), candidate.tests);
  return candidate;
}

Json to_json(const TestCase& test) {
  const Example& example = test.example;
  Json expected = Json::array();
  for (const auto& value : example.expected) {
    expected.push_back(value ? Json(*value) : Json());
  }
  // 0 stands for 2^64.
  const Json modulus = test.modulus ? Json(test.modulus->value()) : Json();
  return {example.memory, expected, example.registers, example.steps.value_or(1), modulus};
}

TestCase test_case_from(const Json& json, unsigned registers) {
  TestCase test;
  Example& example = test.example;
  Word limit = json.at(0).size();
  if (!json.at(4).is_null()) {
    limit = count_from(json.at(4), ~Word{0});  // 0 for 2^64, below which all words are
    test.modulus = limit == 0 ? Modulus::word64() : Modulus::of(limit);
  }
  example.memory = words_below(json.at(0), limit);
  for (const Json& value : json.at(1)) {
    example.expected.push_back(value.is_null() ? std::nullopt
                                               : std::optional(count_from(value, limit - 1)));
  }
  example.registers = words_below(json.at(2), limit);
  example.steps = count_from(json.at(3), discrete::ExampleBatch::max_steps);
  const bool is_complete = !example.memory.empty() && example.steps != std::uint64_t{0} &&
                           example.expected.size() == example.memory.size();
  if (!is_complete || example.registers.size() > registers || !discrete::ExampleBatch::fits(test)) {
    throw Error(ErrorKind::data, "a saved example is damaged, or of another machine");
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
  pool.restore(std::move(elites), exact_double(json.at(1)),
               static_cast<unsigned>(count_from(json.at(2), ~0U)));
}

Json to_json(const discrete::CounterExamples& examples) {
  Json cases = Json::array();
  for (const TestCase& example : examples.examples()) {
    cases.push_back(to_json(example));
  }
  return {cases, to_json(examples.random())};
}

void restore_examples(const Json& json, unsigned registers, discrete::CounterExamples& examples) {
  std::vector<TestCase> cases;
  for (const Json& example : json.at(0)) {
    cases.push_back(test_case_from(example, registers));
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
    counts.restore(name, count_from(move.at(1)), count_from(move.at(2)), count_from(move.at(3)));
  }
}

}  // namespace nram
