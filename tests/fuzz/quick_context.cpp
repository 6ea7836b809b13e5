#include "quick_context.hpp"

#include "../trainer/small_settings.hpp"
#include "portfolio/arms.hpp"

#include <nram/trainer/builtin_tasks.hpp>

namespace nram::fuzz {

const AttemptContext& quick_context() {
  static const Settings settings = quick_settings();
  static const AttemptContext context{*find_task("list-k"), Machine::standard(1).modules(),
                                      settings};
  return context;
}

std::vector<SavedAttempt> quick_attempts() {
  constexpr std::uint64_t count = 6;
  std::vector<SavedAttempt> saved;
  for (std::uint64_t number = 0; number < count; ++number) {
    const auto attempt = make_attempt(quick_context(), number);
    do {
      (void)attempt->advance();
    } while (!attempt->at_unit_end());
    saved.push_back(attempt->save());
  }
  return saved;
}

}  // namespace nram::fuzz
