#include "interrupt.hpp"

#include "exit_code.hpp"

#include <atomic>
#include <string_view>

#include <signal.h>
#include <time.h>
#include <unistd.h>

namespace nram::cli {
namespace {

// Lock-free, so that a signal handler may write it and every thread may read it.
std::atomic<bool> signal_arrived{false};
static_assert(std::atomic<bool>::is_always_lock_free);

// Of the process, as signals are.
std::atomic<unsigned> results_at_stake{0};
timer_t patience{};
std::atomic<bool> has_patience{false};  // whether there is such a timer

// What follows is called by signal handlers, which may not do much.
void start_patience() {
  if (has_patience.load(std::memory_order_relaxed)) {
    constexpr long half_a_second = 500'000'000;
    itimerspec once{};
    once.it_value.tv_nsec = half_a_second;
    timer_settime(patience, 0, &once, nullptr);
  }
}

void note_signal(int /*signal*/) {
  signal_arrived.store(true, std::memory_order_relaxed);
  start_patience();
}

void end_without_results(int /*signal*/) {
  if (results_at_stake.load() > 0) {
    return;
  }
  constexpr std::string_view message = "nram: interrupted\n";
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, message.data(), message.size());
  _exit(static_cast<int>(ExitCode::interrupted));
}

void set_up_patience() {
  struct sigaction action {};
  action.sa_handler = end_without_results;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGALRM;
  has_patience = sigaction(SIGALRM, &action, nullptr) == 0 &&
                 timer_create(CLOCK_MONOTONIC, &event, &patience) == 0;
}

}  // namespace

ResultsAtStake::ResultsAtStake() { ++results_at_stake; }

ResultsAtStake::~ResultsAtStake() {
  if (--results_at_stake == 0 && interrupted()) {
    start_patience();
  }
}

void set_up_signals() {
  set_up_patience();
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
