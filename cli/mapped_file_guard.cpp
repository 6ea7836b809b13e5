#include "mapped_file_guard.hpp"

#include "exit_code.hpp"

#include <atomic>

#include <fmt/format.h>
#include <unistd.h>

#include <nram/model-io/printable.hpp>

namespace nram::cli {
namespace {

// What the handler says: made beforehand, since a handler may not allocate.
std::atomic<const std::string*> last_words{nullptr};
static_assert(std::atomic<const std::string*>::is_always_lock_free);

void end_with_message(int /*signal*/) {
  if (const std::string* const words = last_words.load()) {
    [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, words->data(), words->size());
  }
  ::_exit(static_cast<int>(ExitCode::data));
}

}  // namespace

MappedFileGuard::MappedFileGuard(const std::string& path)
    : message_(fmt::format("nram: {}: a part of the file cannot be read or written: it was "
                           "truncated while the program ran, or its disk is full or damaged; the "
                           "file holds what the program has done so far\n",
                           printable(path))) {
  last_words.store(&message_);
  struct sigaction action {};
  action.sa_handler = end_with_message;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, &before_);
}

MappedFileGuard::~MappedFileGuard() {
  ::sigaction(SIGBUS, &before_, nullptr);
  last_words.store(nullptr);
}

}  // namespace nram::cli
