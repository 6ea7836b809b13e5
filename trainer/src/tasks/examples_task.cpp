#include "tasks/examples_arithmetic.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/machine.hpp>
#include <nram/trainer/examples_task.hpp>

namespace nram {
namespace {

// Soft machines grow with the square of the modulus.
constexpr Word largest_soft_modulus = 64;

// So long a run takes seconds, forwards and backwards, and gradients do not survive it.
constexpr std::uint64_t most_soft_steps = 1000;

// Enough for programs of a few steps per cell; an example that needs more says so itself.
std::uint64_t default_steps(const Example& example) { return example.memory.size() + 4; }

void require_budgets(const std::string& name, const std::vector<Example>& examples) {
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const std::uint64_t most = largest_budget(examples[i].memory.size());
    if (examples[i].steps.value_or(0) > most) {
      throw Error(ErrorKind::data,
                  fmt::format("{}: example {} has \"steps\": {}; training takes up to {}, as what "
                              "needs more cannot be told from what never stops: give what a good "
                              "program needs, or leave it out",
                              name, i + 1, *examples[i].steps, most));
    }
  }
}

// Adds what another example says about the same input; both are named if they contradict each
// other.
void merge(const std::string& name, const Example& more, std::size_t more_index, Example& example,
           std::size_t index) {
  for (std::size_t cell = 0; cell < example.expected.size(); ++cell) {
    auto& wanted = example.expected[cell];
    const auto& other = more.expected[cell];
    if (wanted && other && *wanted != *other) {
      throw Error(ErrorKind::data,
                  fmt::format("{}: examples {} and {} have the same input but contradict each "
                              "other: cell {} is expected to be {} and {}",
                              name, index + 1, more_index + 1, cell, *wanted, *other));
    }
    wanted = wanted ? wanted : other;
  }
  if (more.steps) {
    example.steps = std::max(example.steps.value_or(0), *more.steps);
  }
}

// The examples with different input, in order.
std::vector<Example> merged(const std::string& name, std::vector<Example> examples) {
  std::map<std::pair<std::vector<Word>, std::vector<Word>>, std::size_t> seen;  // place in `kept`
  std::vector<Example> kept;
  std::vector<std::size_t> index;  // in the file, of what is kept
  for (std::size_t i = 0; i < examples.size(); ++i) {
    Example& example = examples[i];
    const auto [place, is_new] = seen.try_emplace({example.memory, example.registers}, kept.size());
    if (is_new) {
      kept.push_back(std::move(example));
      index.push_back(i);
    } else {
      merge(name, example, i, kept[place->second], index[place->second]);
    }
  }
  return kept;
}

bool is_longer_by_half(std::size_t cells, std::size_t than) { return 2 * cells >= 3 * than; }

// How many of the examples, which are sorted by length, each stage learns from.
std::vector<std::size_t> stages_of(std::span<const Example> examples) {
  std::vector<std::size_t> lengths;  // different ones
  std::vector<std::size_t> ends;     // the examples up to each
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const std::size_t cells = examples[i].memory.size();
    if (lengths.empty() || lengths.back() != cells) {
      lengths.push_back(cells);
      ends.push_back(i);
    }
    ends.back() = i + 1;
  }
  std::size_t most = 0;  // lengths that leave something longer by half
  while (most < lengths.size() && is_longer_by_half(lengths.back(), lengths[most])) {
    ++most;
  }
  std::vector<std::size_t> stages;
  const auto add = [&](std::size_t learned) {
    if (learned > (stages.empty() ? 0 : stages.back())) {
      stages.push_back(learned);
    }
  };
  if (most > 0) {
    add(ends[std::min(most, (lengths.size() + 1) / 2) - 1]);
    add(ends[most - 1]);
  }
  const std::size_t fifth = examples.size() < 2 ? 0 : std::max<std::size_t>(1, examples.size() / 5);
  add(examples.size() - fifth);
  return stages;
}

}  // namespace

ExamplesTask::ExamplesTask(std::string name, std::vector<Example> examples, const Options& options)
    : name_(std::move(name)) {
  if (examples.size() < 2) {
    throw Error(
        ErrorKind::data,
        fmt::format("{}: {} example(s); at least 2 are needed, one to learn from and one to "
                    "test with (some dozens of several lengths work well)",
                    name_, examples.size()));
  }
  require_budgets(name_, examples);
  const std::size_t given = examples.size();
  examples = merged(name_, std::move(examples));
  merged_ = given - examples.size();
  choose_order(examples, options);
  choose_arithmetic(examples, options);
  choose_constants(examples, options);
  for (Example& example : examples) {
    example.has_negative = order_ == Order::signed_numbers;
    const Word modulus = above_constants(is_signed_word() ? modulus_for_signed(example)
                                                          : largest_value(example) + 1);
    differentiable_ = differentiable_ && modulus != 0 && modulus <= largest_soft_modulus;
    example.steps = example.steps.value_or(default_steps(example));
    differentiable_ = differentiable_ && *example.steps <= most_soft_steps;
    initial_registers_ =
        std::max(initial_registers_, static_cast<unsigned>(example.registers.size()));
  }

  // Stable, so that the split depends on nothing but the file.
  std::stable_sort(examples.begin(), examples.end(), [](const Example& a, const Example& b) {
    return std::tuple(a.memory.size(), *a.steps) < std::tuple(b.memory.size(), *b.steps);
  });
  const std::vector<std::size_t> stages = stages_of(examples);
  examples_ = std::make_shared<const std::vector<Example>>(std::move(examples));
  // From the last one on, as each has those behind it.
  const ExamplesTask undivided = *this;
  for (std::size_t i = stages.size(); i-- > 1;) {
    ExamplesTask later = undivided;
    later.later_ = later_;
    later.divide(stages[i]);
    later_.insert(later_.begin(), std::move(later));
  }
  divide(stages.front());
}

void ExamplesTask::divide(std::size_t learned) {
  const auto end_of_learned = examples_->begin() + static_cast<std::ptrdiff_t>(learned);
  for (auto example = examples_->begin(); example != end_of_learned; ++example) {
    const bool new_level =
        levels_.empty() || levels_.back().front().memory.size() != example->memory.size();
    if (new_level) {
      levels_.emplace_back();
    }
    levels_.back().push_back(*example);
  }
  held_out_.assign(end_of_learned, examples_->end());
}

void ExamplesTask::choose_order(const std::vector<Example>& examples, const Options& options) {
  const auto negative = std::ranges::find(examples, true, &Example::has_negative);
  if (negative != examples.end() && options.order == Order::unsigned_numbers) {
    throw Error(ErrorKind::data,
                fmt::format("{}: example {} has a value below 0, which unsigned numbers are not; "
                            "let numbers be signed",
                            name_, negative - examples.begin() + 1));
  }
  order_ = options.order.value_or(order_of(examples));
}

void ExamplesTask::choose_constants(const std::vector<Example>& examples, const Options& options) {
  if (!options.constants) {
    constants_ = constants_in(examples);
    return;
  }
  for (const Word number : *options.constants) {
    (void)constant_module(number);  // there is such a module
    if (std::ranges::find(constants_, number, &ConstantSeen::number) == constants_.end()) {
      constants_.push_back({number, "as asked for"});
    }
  }
  if (constants_.size() > Machine::max_constants) {
    throw Error(ErrorKind::usage,
                fmt::format("{}: {} constants are too many for a machine, which has up to {}; put "
                            "the others into the first cells of every example",
                            name_, constants_.size(), Machine::max_constants));
  }
}

std::vector<Word> ExamplesTask::constants() const {
  std::vector<Word> numbers;
  for (const ConstantSeen& constant : constants_) {
    numbers.push_back(constant.number);
  }
  return numbers;
}

void ExamplesTask::choose_arithmetic(const std::vector<Example>& examples, const Options& options) {
  ArithmeticFound found = find_arithmetic(examples);
  if (options.arithmetic && *options.arithmetic != Arithmetic::word &&
      found.arithmetic == Arithmetic::word) {
    throw Error(ErrorKind::data,
                fmt::format("{}: the examples cannot be for arithmetic modulo the number of cells: "
                            "{}; say that they are for words, or put spare cells behind the others",
                            name_, found.reason));
  }
  if (found.arithmetic != Arithmetic::word && order_ == Order::signed_numbers) {
    // Half of the addresses would be below 0.
    found = {Arithmetic::word, "numbers are signed"};
  }
  arithmetic_ = options.arithmetic.value_or(found.arithmetic);
  arithmetic_reason_ = options.arithmetic ? "as asked for" : std::move(found.reason);
}

// For words: the smallest one that all values and addresses are below; 0 stands for 2^64.
Word ExamplesTask::smallest_modulus(const Example& example) const {
  return above_constants(is_signed_word()
                             ? modulus_for_signed(example)
                             : std::max<Word>(example.memory.size(), largest_value(example)) + 1);
}

Word ExamplesTask::above_constants(Word modulus) const {
  if (arithmetic_ == Arithmetic::cells || modulus == 0) {
    return modulus;
  }
  for (const ConstantSeen& constant : constants_) {
    // Of signed numbers, those not below 0 are the lower half.
    modulus = std::max(modulus, is_signed_word() ? 2 * constant.number + 1 : constant.number + 1);
  }
  return modulus;
}

std::vector<Example> ExamplesTask::draw_level(std::size_t level, std::size_t count,
                                              Random& random) const {
  const std::vector<Example>& pool = levels_[level];
  std::vector<Example> drawn;
  std::uint64_t steps = 0;
  std::size_t cells = pool.front().memory.size();
  for (std::size_t i = 0; i < count; ++i) {
    drawn.push_back(pool[random.below(pool.size())]);
    steps = std::max(steps, *drawn.back().steps);
    // Words may need a modulus, which is the number of cells, above what they have.
    cells = std::max<std::size_t>(
        cells, above_constants(is_signed_word() ? modulus_for_signed(drawn.back())
                                                : largest_value(drawn.back()) + 1));
  }
  for (Example& example : drawn) {
    example.steps = steps;
    example = padded(modulo(std::move(example), Modulus::of(cells)), cells);
  }
  return drawn;
}

std::vector<TestCase> ExamplesTask::draw_cases(std::size_t level, std::size_t count,
                                               Word largest_modulus, Random& random) const {
  const std::vector<Example>& pool = levels_[level];
  std::vector<TestCase> cases;
  for (std::size_t i = 0; i < count; ++i) {
    const Example& example = pool[random.below(pool.size())];
    const Word smallest = smallest_modulus(example);
    const bool words = arithmetic_ == Arithmetic::word;
    std::optional<Modulus> modulus;
    if (smallest == 0 || smallest > largest_modulus) {
      modulus = words ? std::optional(Modulus::word64()) : std::nullopt;
    } else if (words || (arithmetic_ == Arithmetic::both && random.chance(0.4))) {
      modulus = Modulus::of(random.between(smallest, largest_modulus));
    }
    cases.push_back(
        {modulo(example, modulus.value_or(Modulus::of(example.memory.size()))), modulus});
  }
  return cases;
}

std::vector<TestCase> ExamplesTask::draw_held_out(std::size_t count, std::size_t scale,
                                                  Random& random) const {
  std::vector<Example> pool = scale > 1 || held_out_.empty() ? *examples_ : held_out_;
  if (pool.size() > count) {
    random.shuffle(std::span(pool));
    pool.resize(count);
  }
  std::vector<TestCase> cases;
  for (Example& example : pool) {
    if (arithmetic_ != Arithmetic::word) {
      cases.push_back({modulo(example, Modulus::of(example.memory.size())), std::nullopt});
    }
    if (arithmetic_ != Arithmetic::cells) {
      cases.push_back({std::move(example), Modulus::word64()});
    }
  }
  return cases;
}

std::size_t ExamplesTask::training_examples() const {
  std::size_t count = 0;
  for (const auto& level : levels_) {
    count += level.size();
  }
  return count;
}

}  // namespace nram
