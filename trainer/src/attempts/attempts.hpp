#pragma once

// The kinds of attempts, and what they share: saved state as CBOR, the tests that decide.

#include <array>
#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include <nram/engine/program.hpp>
#include <nram/trainer/attempt.hpp>

namespace nram::discrete {
struct Candidate;
}

namespace nram {

using Json = nlohmann::json;

std::unique_ptr<Attempt> make_gradient_attempt(const AttemptContext& context, std::uint64_t number);
std::unique_ptr<Attempt> restore_gradient_attempt(const AttemptContext& context, const Json& saved);
/// Gradient descent at a soft flow chart.
std::unique_ptr<Attempt> make_chart_attempt(const AttemptContext& context, std::uint64_t number);
std::unique_ptr<Attempt> restore_chart_attempt(const AttemptContext& context, const Json& saved);
std::unique_ptr<Attempt> make_search_attempt(const AttemptContext& context, std::uint64_t number);
std::unique_ptr<Attempt> restore_search_attempt(const AttemptContext& context, const Json& saved);
/// Gradient first, then search from its best program.
std::unique_ptr<Attempt> make_repair_attempt(const AttemptContext& context, std::uint64_t number);
std::unique_ptr<Attempt> restore_repair_attempt(const AttemptContext& context, const Json& saved);
/// A search that starts from a candidate of the attempt's machine, for Settings::repair_candidates.
/// `table` is the soft_table() of the model that the candidate comes from; it has a say in what is
/// tried unless it is empty.
std::unique_ptr<Attempt> make_mending_attempt(const AttemptContext& context, std::uint64_t number,
                                              const discrete::Candidate& start,
                                              std::span<const float> table);
/// With the same table: it is not saved.
std::unique_ptr<Attempt> restore_mending_attempt(const AttemptContext& context, const Json& saved,
                                                 std::span<const float> table);

/// Where an attempt stands in whatever attempts take turns with: one further than the attempt
/// before it in its stream, and than the one beside it in the stream before.
std::uint64_t turn_of(const Settings& settings, std::uint64_t number);

/// Random streams of an attempt; those of testing never depend on the learning so far.
enum class Purpose : std::uint64_t { learning, examples, testing, confirming };
Random random_of(const Settings& settings, std::uint64_t number, Purpose purpose);

/// The result of testing a program on held-out cases: first on a few, then, if these are all right,
/// on many that are harder.
struct TestResult {
  Score score;
  bool passed = false;
  std::vector<TestCase> failures{};  ///< of the many, when some fail
};
TestResult test_program(const AttemptContext& context, std::uint64_t number,
                        const Program& program);

/// What a model says about where it comes from; `found_by` names the arm.
std::map<std::string, std::string> provenance(const AttemptContext& context, std::uint64_t number,
                                              std::string_view found_by, std::uint64_t work);

// Exact representations in JSON values.
Json to_json(const Score& score);
Score score_from(const Json& json);
Json to_json(const std::vector<float>& values);
std::vector<float> floats_from(const Json& json);
Json to_json(const Random& random);
void restore(Random& random, const Json& json);
Json exact(double value);
double exact_double(const Json& json);
AttemptStatus status_from(const Json& json);

}  // namespace nram
