// What a resumed training reads.

#include "memory_file.hpp"
#include "portfolio/arms.hpp"
#include "quick_context.hpp"
#include "storage/checkpoint.hpp"
#include "target.hpp"

namespace nram::fuzz {
namespace {

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
  for (const Checkpoint::Slot& slot : checkpoint.slots) {
    if (slot.done) {
      continue;
    }
    go_on_with(slot.attempt);
  }
}

}  // namespace nram::fuzz
