#include "attempts/automaton_examples.hpp"

#include "programs/prologue.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <nram/engine/error.hpp>

namespace nram {
namespace {

// The address behind the cells is left in a register, as something that moves along would.
std::vector<Circuit> kept_prologue(const Machine& machine, unsigned cells) {
  return prologue_circuits(machine, cells, Position::kept);
}

}  // namespace

AutomatonExamples::AutomatonExamples(AttemptContext context, std::uint64_t number,
                                     const AutomatonPlan& plan, const Machine& machine,
                                     std::uint64_t rounds, Random& random)
    : context_(std::move(context)),
      number_(number),
      plan_(plan),
      machine_(machine),
      rounds_(rounds),
      first_levels_(first_levels()),
      levels_(first_levels_),
      prologue_(draw_prologue(random)) {
  draw_validation();
}

Random AutomatonExamples::own_random() const {
  return random_of(context_.settings, number_, Purpose::examples);
}

// As many levels as planned to begin with, and as have small examples.
std::size_t AutomatonExamples::first_levels() const {
  Random random = own_random();
  const std::size_t most = std::min(plan_.levels, context_.task.levels());
  std::size_t levels = std::min(plan_.fewest_levels, most);
  while (levels < most &&
         context_.task.draw_level(levels, 1, random).front().memory.size() <= plan_.small_cells) {
    ++levels;
  }
  return levels;
}

// How many of the planned cells are loaded that there are in all examples, if it is possible.
unsigned AutomatonExamples::draw_prologue(Random& random) const {
  std::size_t cells = context_.settings.machine.prologue_cells;
  cells = random.chance(plan_.whole_prologue) ? cells : random.between(0, cells);
  Random examples = own_random();
  constexpr unsigned draws = 8;  // the sizes vary from one to the next
  for (std::size_t i = 0; i < draws * context_.task.levels(); ++i) {
    cells = loadable_cells(context_.task.draw_level(i / draws, LaneGroup::lanes, examples), cells);
  }
  return static_cast<unsigned>(kept_prologue(machine_, static_cast<unsigned>(cells)).size());
}

std::vector<Circuit> AutomatonExamples::prologue(const Machine& machine) const {
  return kept_prologue(machine, prologue_);
}

void AutomatonExamples::lengthen() {
  levels_ = std::min(levels_ + plan_.further_levels, context_.task.levels());
  draw_validation();
}

void AutomatonExamples::restore(std::size_t levels) {
  if (levels < 1 || levels > context_.task.levels()) {
    throw Error(ErrorKind::data,
                fmt::format("the saved attempt {} learns from {} levels, the task has {}", number_,
                            levels, context_.task.levels()));
  }
  levels_ = levels;
  draw_validation();
}

// Cells behind those of the task: what is only right because addresses wrap around at the number
// of cells is not right for larger moduli.
void AutomatonExamples::pad(std::vector<Example>& examples, Random& random) const {
  const std::size_t cells = examples.front().memory.size();
  const std::size_t most =
      std::min<std::size_t>(cells + plan_.most_padding, LaneGroup::max_modulus);
  if (most <= cells) {
    return;
  }
  const std::size_t modulus = random.between(cells + 1, most);
  for (Example& example : examples) {
    while (example.memory.size() < modulus) {
      example.memory.push_back(random.below(modulus));
      example.expected.emplace_back(std::nullopt);
    }
  }
}

// Registers as they are after the prologue, which count modulo the number of cells. Where
// something is loaded, no example sets registers itself.
void AutomatonExamples::load(Example& example) const {
  const std::size_t cells = example.memory.size();
  example.registers.assign(machine_.registers(), 0);
  for (std::size_t cell = 0; cell < prologue_; ++cell) {
    example.registers[cell] = example.memory[cell % cells];
  }
  example.registers[prologue_] = prologue_ % cells;
}

// A level's examples as lanes, behind the prologue.
void AutomatonExamples::add_group(std::size_t level, unsigned extra_steps, unsigned parts,
                                  Random& random, std::vector<LaneGroup>& groups) const {
  std::vector<Example> examples = context_.task.draw_level(level, LaneGroup::lanes, random);
  if (random.chance(plan_.padded_share)) {
    pad(examples, random);
  }
  for (Example& example : examples) {
    if (prologue_ != 0) {
      load(example);
    }
    // As much can be done in fewer steps.
    example.steps = (example.steps.value_or(0) + rounds_ - 1) / rounds_;
  }
  const Settings::Cost& settings = context_.settings.cost;
  const double others = settings.preserve          ? 1.0
                        : levels_ == first_levels_ ? plan_.other_cells
                                                   : plan_.later_other_cells;
  PackSettings pack;
  pack.extra_steps = extra_steps;
  pack.preserve_weight = static_cast<float>(settings.preserve_weight * others);
  pack.parts = parts;
  for (LaneGroup& group : pack_lanes(machine_, examples, pack)) {
    groups.push_back(std::move(group));
  }
}

std::vector<LaneGroup> AutomatonExamples::draw(Random& random) const {
  const std::size_t level = random.below(levels_);
  const std::uint64_t most_extra = std::uint64_t{2} * context_.settings.cost.slack_steps;
  const auto extra = static_cast<unsigned>(random.between(0, most_extra));
  std::vector<LaneGroup> batch;
  add_group(level, extra, 1, random, batch);
  return batch;
}

void AutomatonExamples::draw_validation() {
  Random random = own_random();
  validation_.clear();
  for (unsigned g = 0; g < plan_.validation_groups; ++g) {
    add_group(g % levels_, context_.settings.cost.slack_steps, plan_.validation_groups, random,
              validation_);
  }
}

}  // namespace nram
