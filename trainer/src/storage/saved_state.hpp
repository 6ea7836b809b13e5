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
/// Throws Error(data) if it is none.
Score score_from(const Json& json);
Json to_json(const std::vector<float>& values);
/// Throws Error(data) if it is not a whole number of them.
std::vector<float> floats_from(const Json& json);
Json to_json(const Random& random);
/// Throws Error(data) if a generator cannot have this state: only zeros, from which nothing else
/// ever comes.
void restore(Random& random, const Json& json);
Json exact(double value);
double exact_double(const Json& json);
/// A number that counts something. Throws Error(data) if it is none, or above `most`: numbers of
/// strangers are neither trusted to be small nor to be whole.
std::uint64_t count_from(const Json& json, std::uint64_t most = std::uint64_t{1} << 53U);
/// Throws Error(data) if it is none.
AttemptStatus status_from(const Json& json);

}  // namespace nram
