#include "comparison.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <random>

#include <fmt/format.h>

#include <nram/engine/error.hpp>

namespace nram {
namespace {

// Draws masks as runs have them and as they do not: registers that are zero or not for one step,
// for thousands (what counts and forgets shows only then), or anything between.
class RandomMasks {
 public:
  RandomMasks(std::uint32_t masks, std::uint64_t seed)
      : masks_(masks),
        registers_(static_cast<unsigned>(std::bit_width(masks) - 1)),
        random_(seed) {}

  // Begins a run; returns its length.
  std::uint64_t begin() {
    constexpr std::array<std::uint64_t, 8> lengths = {16, 16, 64, 64, 64, 256, 256, 4096};
    constexpr std::array<std::uint64_t, 5> changing = {1, 2, 8, 64, 1024};  // every so many steps
    change_ = changing[random_() % changing.size()];
    mask_ = any();
    return lengths[random_() % lengths.size()];
  }

  std::uint32_t next() {
    if (random_() % change_ == 0) {
      mask_ = random_() % 2 == 0 ? any() : mask_ ^ (1U << (random_() % registers_));
    }
    return mask_;
  }

 private:
  std::uint32_t any() { return static_cast<std::uint32_t>(random_()) & (masks_ - 1); }

  std::uint32_t masks_;
  unsigned registers_;
  std::mt19937_64 random_;
  std::uint64_t change_ = 1;
  std::uint32_t mask_ = 0;
};

// One run, compared step by step; `next_mask` says under which mask, nothing ends it.
class ComparedRun {
 public:
  ComparedRun(const LiveController& controller, const Discrete& discrete)
      : controller_(controller), discrete_(discrete), live_(controller.start()) {}

  enum class Step : std::uint8_t { same, last, different };

  Step step(std::uint32_t mask) {
    masks_.push_back(mask);
    Decision decision = controller_.step(mask, live_);
    decision.circuit = without_dead_arguments(controller_.machine(), std::move(decision.circuit));
    const Transition& transition = discrete_.at(state_, mask);
    const Decision other{discrete_.circuits[transition.circuit], transition.finish};
    if (decision != other) {
      difference_ = describe(decision, other);
      return Step::different;
    }
    state_ = transition.next_state;
    return decision.finish ? Step::last : Step::same;
  }

  [[nodiscard]] const Disagreement& difference() const { return difference_; }

 private:
  Disagreement describe(const Decision& controller, const Decision& program) {
    const Machine& machine = controller_.machine();
    const std::vector<std::string> names = selector_names(machine);
    const auto sources = [](const Decision& decision) {
      std::vector<Source> all = decision.circuit.arguments;
      all.insert(all.end(), decision.circuit.registers.begin(), decision.circuit.registers.end());
      return all;
    };
    const std::vector<Source> a = sources(controller);
    const std::vector<Source> b = sources(program);
    const auto at = std::mismatch(a.begin(), a.end(), b.begin());
    if (at.first == a.end()) {
      const auto finish = [](const Decision& d) { return d.finish ? "stop" : "go on"; };
      return {std::move(masks_), names.back(), finish(controller), finish(program)};
    }
    const auto selector = static_cast<std::size_t>(at.first - a.begin());
    return {std::move(masks_), names[selector], machine.source_name(*at.first),
            machine.source_name(*at.second)};
  }

  const LiveController& controller_;
  const Discrete& discrete_;
  LstmState live_;
  std::uint32_t state_ = 0;
  MaskRun masks_;
  Disagreement difference_;
};

Discrete discrete_of(const Model& model, const Program& program) {
  const Machine& machine = model.machine();
  const auto same_name = [](const Module& a, const Module& b) { return a.name == b.name; };
  const auto& modules = machine.modules();
  const auto& others = program.machine().modules();
  if (machine.registers() != program.machine().registers() ||
      !std::equal(modules.begin(), modules.end(), others.begin(), others.end(), same_name)) {
    throw Error(ErrorKind::usage,
                "the program is not of the model's machine: registers or modules "
                "differ, so there is nothing to compare");
  }
  Discrete discrete;
  for (const Circuit& circuit : program.circuits()) {
    discrete.circuits.push_back(without_dead_arguments(machine, circuit));
  }
  discrete.at = [&program](std::uint32_t state, std::uint32_t mask) -> const Transition& {
    return program.transition(state, mask);
  };
  return discrete;
}

}  // namespace

std::string Disagreement::text(const Machine& machine) const {
  const std::uint32_t all = machine.masks() - 1;
  return fmt::format("step {} of a run, under {}: for {} the controller chooses {}, the program {}",
                     masks.size(), condition_text(machine, Rule{0, all, masks.back(), {}}),
                     selector, controller, program);
}

Verification compare_on_random_runs(const LiveController& controller, const Discrete& discrete,
                                    std::uint64_t steps, std::uint64_t seed) {
  RandomMasks masks(controller.machine().masks(), seed);
  Verification verification;
  while (verification.steps < steps) {
    const std::uint64_t length = std::min(masks.begin(), steps - verification.steps);
    ComparedRun run(controller, discrete);
    auto step = ComparedRun::Step::same;
    for (std::uint64_t t = 0; t < length && step == ComparedRun::Step::same; ++t) {
      step = run.step(masks.next());
      if (step == ComparedRun::Step::different) {
        verification.first = run.difference();
        return verification;
      }
      ++verification.steps;
    }
  }
  return verification;
}

Verification compare_on_runs(const LiveController& controller, const Discrete& discrete,
                             std::span<const MaskRun> runs) {
  Verification verification;
  for (const MaskRun& masks : runs) {
    ComparedRun run(controller, discrete);
    for (const std::uint32_t mask : masks) {
      const auto step = run.step(mask);
      if (step == ComparedRun::Step::different) {
        verification.first = run.difference();
        return verification;
      }
      ++verification.steps;
      if (step == ComparedRun::Step::last) {
        break;
      }
    }
  }
  return verification;
}

Verification verify_on_random_runs(const Model& model, const Program& program, std::uint64_t steps,
                                   std::uint64_t seed) {
  return compare_on_random_runs(LiveController(model), discrete_of(model, program), steps, seed);
}

Verification verify_on_runs(const Model& model, const Program& program,
                            std::span<const MaskRun> runs) {
  for (const MaskRun& run : runs) {
    for (const std::uint32_t mask : run) {
      if (mask >= model.machine().masks()) {
        throw Error(ErrorKind::usage, fmt::format("the mask {} is not one of {} registers", mask,
                                                  model.machine().registers()));
      }
    }
  }
  return compare_on_runs(LiveController(model), discrete_of(model, program), runs);
}

}  // namespace nram
