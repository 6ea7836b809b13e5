// What a resumed training reads.

#include "../trainer/spoiled_state.hpp"
#include "memory_file.hpp"
#include "portfolio/arms.hpp"
#include "quick_context.hpp"
#include "storage/cbor.hpp"
#include "storage/checkpoint.hpp"
#include "target.hpp"

#include <cstddef>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <nram/trainer/random.hpp>

namespace nram::fuzz {
namespace {

using Json = nlohmann::json;

void go_on_with(const SavedAttempt& saved) {
  const auto attempt = restore_attempt(quick_context(), saved);
  (void)attempt->progress();
  (void)attempt->save();
}

}  // namespace

void run_attempt(std::string_view bytes) { go_on_with({bytes.begin(), bytes.end()}); }

void run_checkpoint(std::string_view bytes) {
  const MemoryFile file(bytes);
  const Checkpoint checkpoint = read_checkpoint(file.path());
  // What an attempt is restored to depends on its bytes alone: those of the corpus, once.
  static std::set<std::string> known;
  constexpr std::size_t most = 64;
  for (const Checkpoint::Slot& slot : checkpoint.slots) {
    std::string bytes(slot.attempt.begin(), slot.attempt.end());
    if (slot.done || known.contains(bytes)) {
      continue;
    }
    go_on_with(slot.attempt);
    if (known.size() < most) {
      known.insert(std::move(bytes));
    }
  }
}

namespace {

// A value somewhere within, not at the top: what is changed is put back afterwards, and a whole
// attempt would take long to copy.
Json& any_part(Json& whole, Random& random) {
  constexpr std::size_t most = 64;  // parts that are copied
  Json* part = &whole;
  while (part->is_structured() && !part->empty() && (part->size() > most || random.chance(0.9))) {
    auto next = part->begin();
    std::advance(next, static_cast<std::ptrdiff_t>(random.below(part->size())));
    part = &*next;
  }
  return *part;
}

std::vector<Json> parsed_attempts() {
  std::vector<Json> parsed;
  for (const SavedAttempt& saved : quick_attempts()) {
    parsed.push_back(parse_cbor(saved));
  }
  return parsed;
}

}  // namespace

// The first byte says which attempt, the others what is changed.
void run_attempt_values(std::string_view bytes) {
  static std::vector<Json> attempts = parsed_attempts();
  const auto first = bytes.empty() ? std::size_t{0} : static_cast<unsigned char>(bytes.front());
  Random random(std::hash<std::string_view>{}(bytes));
  Json& attempt = attempts[first % attempts.size()];
  Json& part = any_part(attempt, random);
  Json before = part;
  struct Restorer {
    Json& part;
    Json& before;
    ~Restorer() { part = std::move(before); }
  } const restorer{part, before};
  spoil(part, random);
  const auto restored = restore_attempt(quick_context(), attempt);
  (void)restored->progress();
  constexpr double enough = 0.05;  // it takes as long as everything else
  if (random.chance(enough)) {
    (void)restored->save();
  }
}

}  // namespace nram::fuzz
