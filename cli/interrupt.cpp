#include "interrupt.hpp"

#include <atomic>

#include <signal.h>

namespace nram::cli {
namespace {

// Lock-free, so that a signal handler may write it and every thread may read it.
std::atomic<bool> signal_arrived{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void note_signal(int /*signal*/) { signal_arrived.store(true, std::memory_order_relaxed); }

}  // namespace

void set_up_signals() {
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  // The end of a terminal or of a connection; nohup has it ignored, and so it stays.
  struct sigaction present {};
  if (sigaction(SIGHUP, nullptr, &present) == 0 && present.sa_handler != SIG_IGN) {
    sigaction(SIGHUP, &action, nullptr);
  }
  signal(SIGXFSZ, SIG_IGN);
}

void ignore_closed_pipes() { signal(SIGPIPE, SIG_IGN); }

bool interrupted() { return signal_arrived.load(std::memory_order_relaxed); }

void stop_if_interrupted() {
  if (interrupted()) {
    throw Interrupted{};
  }
}

}  // namespace nram::cli
