#pragma once

#include <nram/trainer/settings.hpp>

namespace nram {

/// Settings with which easy tasks are learned within a second or two.
inline Settings learning_settings() {
  Settings settings;
  settings.machine.registers = 2;
  settings.controller.hidden = 8;
  settings.optimizer.batch = 16;
  settings.curriculum.iterations = 60;
  settings.curriculum.test_every = 10;
  settings.annealing.candidates = 200000;
  settings.annealing.polish_candidates = 5000;
  settings.portfolio.automata = false;  // automaton_test.cpp
  return settings;
}

}  // namespace nram
