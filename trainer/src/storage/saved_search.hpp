#pragma once

// What an attempt by search saves: its candidates and examples, as JSON values.

#include "attempts/attempts.hpp"
#include "discrete/candidate.hpp"

#include <nram/trainer/task.hpp>

namespace nram {

Json to_json(const discrete::Candidate& candidate);
/// Throws Error(data) or the JSON library's exceptions if there is not one. Whether the circuits
/// fit a machine is not checked.
discrete::Candidate candidate_from(const Json& json);

Json to_json(const TestCase& test);
/// Throws Error(data) or the JSON library's exceptions unless it is one that fits a pack.
TestCase test_case_from(const Json& json);

}  // namespace nram
