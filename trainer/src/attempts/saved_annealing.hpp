#pragma once

// What an annealing attempt saves: its candidates and examples, as JSON values.

#include "discrete/candidate.hpp"
#include "discrete/counter_examples.hpp"
#include "discrete/elite_pool.hpp"
#include "discrete/proposals/move_counts.hpp"
#include "storage/saved_state.hpp"

#include <nram/trainer/task.hpp>

namespace nram {

Json to_json(const discrete::Candidate& candidate);
/// Throws Error(data) or the JSON library's exceptions if there is not one. Whether it fits a
/// machine is for discrete::is_valid() to say, before anything else looks at it.
discrete::Candidate candidate_from(const Json& json);

Json to_json(const TestCase& test);
/// Throws Error(data) or the JSON library's exceptions unless it is one that fits a batch, and a
/// machine of so many registers.
TestCase test_case_from(const Json& json, unsigned registers);

// The state of parts of an attempt; putting it back throws the same.
Json to_json(const discrete::ElitePool& pool);
void restore_pool(const Json& json, discrete::ElitePool& pool);
Json to_json(const discrete::CounterExamples& examples);
void restore_examples(const Json& json, unsigned registers, discrete::CounterExamples& examples);
Json to_json(const discrete::MoveCounts& counts);
void restore_counts(const Json& json, discrete::MoveCounts& counts);

}  // namespace nram
