#pragma once

// Exact representations in JSON values of what attempts save.

#include <cstdint>
#include <vector>

#include <nlohmann/json.hpp>

#include <nram/trainer/progress.hpp>
#include <nram/trainer/random.hpp>

namespace nram {

using Json = nlohmann::json;

Json to_json(const Score& score);
Score score_from(const Json& json);
Json to_json(const std::vector<float>& values);
std::vector<float> floats_from(const Json& json);
Json to_json(const Random& random);
void restore(Random& random, const Json& json);
Json exact(double value);
double exact_double(const Json& json);
/// Throws Error(data) if it is none.
AttemptStatus status_from(const Json& json);

}  // namespace nram
