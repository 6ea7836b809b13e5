#pragma once

// Settings for tests: small machines and controllers, and as much work as a test has time for.

#include <nram/trainer/settings.hpp>

namespace nram {

/// What an attempt is given.
struct SmallAttempt {
  unsigned registers = 2;
  unsigned hidden = 4;
  unsigned iterations = 3;  ///< of gradients
  unsigned test_every = 1;  ///< iterations
  unsigned candidates = 300;
  unsigned polish_candidates = 100;
};

/// Attempts of all arms of this size; batches are as small as they can be.
inline Settings small_settings(const SmallAttempt& attempt) {
  Settings settings;
  settings.machine.registers = attempt.registers;
  settings.controller.hidden = attempt.hidden;
  settings.optimizer.batch = 16;
  settings.curriculum.iterations = attempt.iterations;
  settings.curriculum.test_every = attempt.test_every;
  settings.automaton.iterations = attempt.iterations;
  settings.annealing.candidates = attempt.candidates;
  settings.annealing.polish_candidates = attempt.polish_candidates;
  settings.repair.candidates = attempt.candidates;
  return settings;
}

/// Units of work take milliseconds.
inline Settings quick_settings() {
  Settings settings = small_settings({.registers = 3});
  settings.automaton.rounds = 1;
  return settings;
}

/// Something is learned, by gradients at controllers or by annealing; automata have a test of their
/// own.
inline Settings learning_settings() {
  Settings settings = small_settings({.hidden = 8,
                                      .iterations = 60,
                                      .test_every = 10,
                                      .candidates = 200000,
                                      .polish_candidates = 5000});
  settings.repair.candidates = Settings{}.repair.candidates;
  settings.portfolio.automata = false;
  return settings;
}

/// Annealing alone, as usual but for polishing, which is short.
inline Settings annealing_settings() {
  Settings settings;
  settings.portfolio.gradient = false;
  settings.annealing.polish_candidates = 5000;
  return settings;
}

}  // namespace nram
