#include "quick_context.hpp"

#include "../trainer/small_settings.hpp"

#include <nram/trainer/builtin_tasks.hpp>

namespace nram::fuzz {

const AttemptContext& quick_context() {
  static const Settings settings = quick_settings();
  static const AttemptContext context{*find_task("list-k"), Machine::standard(1).modules(),
                                      settings};
  return context;
}

}  // namespace nram::fuzz
