#pragma once

#include <nram/trainer/settings.hpp>

namespace nram {

/// Settings with units of work that take milliseconds.
inline Settings quick_settings() {
  Settings settings;
  settings.machine.registers = 3;
  settings.controller.hidden = 4;
  settings.optimizer.batch = 16;
  settings.curriculum.iterations = 3;
  settings.curriculum.test_every = 1;
  settings.automaton.iterations = 3;
  settings.automaton.rounds = 1;
  settings.annealing.candidates = 300;
  settings.annealing.polish_candidates = 100;
  settings.repair.candidates = 300;
  return settings;
}

}  // namespace nram
