#include "eval_cases.hpp"

#include "task_option.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/memory.hpp>

namespace nram::cli {
namespace {

struct NamedPattern {
  ValuePattern pattern;
  std::string_view name;
};
constexpr std::array patterns = {NamedPattern{ValuePattern::random, "random"},
                                 NamedPattern{ValuePattern::equal, "equal"},
                                 NamedPattern{ValuePattern::ascending, "ascending"},
                                 NamedPattern{ValuePattern::descending, "descending"},
                                 NamedPattern{ValuePattern::largest, "largest"}};

// A combination of everything that has broken programs: the digits of a mixed-radix number.
struct Combination {
  static constexpr std::array<std::size_t, 3> short_lengths = {1, 2, 3};
  static constexpr std::size_t count = (short_lengths.size() + 1) * patterns.size() * 2 * 2 * 2;

  std::size_t length;
  NamedPattern values;
  bool spare_cells;
  bool trash;
  bool word_modulus;

  Combination(std::size_t number, std::size_t long_length) {
    const auto digit = [&](std::size_t radix) {
      const std::size_t value = number % radix;
      number /= radix;
      return value;
    };
    word_modulus = digit(2) != 0;
    trash = digit(2) != 0;
    spare_cells = digit(2) != 0;
    values = patterns[digit(patterns.size())];
    const std::size_t which = digit(short_lengths.size() + 1);
    length = which < short_lengths.size() ? short_lengths[which] : long_length;
  }
};

}  // namespace

EvalCases::EvalCases(const EvalCaseOptions& options, const Machine& machine, const Meaning& meaning,
                     bool compares)
    : options_(options),
      one_modulus_(!options.modulus.is_both() &&
                   (!options.modulus.is_default() || !options.adversarial ||
                    meaning.arithmetic.value_or(Arithmetic::both) != Arithmetic::both)),
      moduli_(options.modulus.is_both() && !options.adversarial ? 2 : 1) {
  if (!options.modulus.is_both()) {
    rule_ = options.modulus.rule(meaning);
  }
  if (options.examples.empty()) {
    task_ = &require_task(options.task);
  } else {
    file_ = read_example_file(options.examples);
    file_.require_registers(machine.registers());
    if (compares) {
      require_order(machine.order());
    }
    require_values();
  }
}

std::size_t EvalCases::size() const {
  if (options_.adversarial) {
    return options_.count * Combination::count;
  }
  return (task_ == nullptr ? file_.examples.size() : options_.count) * moduli_;
}

std::size_t EvalCases::elements(std::size_t i) const {
  const std::size_t length = options_.adversarial
                                 ? Combination(i % Combination::count, options_.length).length
                                 : options_.length;
  return task_ == nullptr ? length : std::max(length, task_->min_n());
}

// Without --adversarial every second case has structured values (all equal, ascending, ...), every
// third a memory without a spare cell: that is where luck ends.
Draw EvalCases::shape_of(std::size_t i, Random& random) const {
  Draw shape;
  if (options_.adversarial) {
    const Combination combination(i % Combination::count, options_.length);
    shape.n = combination.length;
    shape.slack = combination.spare_cells ? random.between(1, combination.length + 3) : 0;
    shape.values = combination.values.pattern;
    shape.trash = combination.trash;
    if (combination.word_modulus && !one_modulus_) {
      shape.modulus = Modulus::word64();
    }
  } else {
    shape.n = options_.length;
    shape.slack = i % 3 == 0 ? 0 : random.below(options_.length + 4);
    // Past the first pattern, the random one, in every second case.
    shape.values = patterns[i % 2 == 0 ? 0 : 1 + i / 2 % (patterns.size() - 1)].pattern;
    shape.trash = random.chance(0.75);
  }
  if (one_modulus_) {
    // The draw bounds its values by the modulus, whose number of cells is not known before.
    shape.modulus =
        rule_.is_cells() ? std::nullopt : std::optional(rule_.modulus_for(1, CellType::u64));
  }
  return shape;
}

TestCase EvalCases::make(std::size_t i) const {
  const bool second = i % moduli_ != 0;  // of both moduli
  i /= moduli_;
  if (task_ == nullptr) {
    const std::size_t cells = file_.examples[i].memory.size();
    const auto modulus = second ? Modulus::word64() : modulus_for(cells);
    return {modulo(file_.examples[i], modulus.value_or(Modulus::of(cells))), modulus};
  }
  Random random(options_.seed, i);
  Draw shape = shape_of(i, random);
  if (second) {
    shape.modulus = Modulus::word64();
  }
  TestCase test{task_->draw(shape, random), shape.modulus};
  if (one_modulus_) {
    test.modulus = modulus_for(test.example.memory.size());
  }
  return test;
}

TestCase EvalCases::draw_small(std::size_t n, std::uint64_t k) const {
  constexpr std::size_t most_spare_cells = 3;
  Random random(options_.seed, (static_cast<std::uint64_t>(n) << 32U) + k);
  Draw shape;
  shape.n = n;
  shape.slack = k % 2 == 0 ? 0 : random.between(1, most_spare_cells);
  shape.values = patterns[k / 2 % patterns.size()].pattern;
  shape.trash = k / 2 / patterns.size() % 2 != 0;
  const bool both = moduli_ == 2 || !one_modulus_;
  if (both ? random.chance(0.5) : !rule_.is_cells()) {
    shape.modulus = both ? Modulus::word64() : rule_.modulus_for(1, CellType::u64);
    // Small values show more; that of the pattern `largest` are those of the modulus.
    shape.small = shape.values != ValuePattern::largest;
  }
  TestCase test{task_->draw(shape, random), shape.modulus};
  if (one_modulus_) {
    test.modulus = modulus_for(test.example.memory.size());
  }
  return test;
}

std::string EvalCases::describe(std::size_t i) const {
  if (!options_.adversarial) {
    return {};
  }
  const Combination combination(i % Combination::count, options_.length);
  const std::optional<Modulus> modulus = make(i).modulus;
  return fmt::format("{} element{}, {} values, {} spare cells, {}, modulo {}: ", combination.length,
                     combination.length == 1 ? "" : "s", combination.values.name,
                     combination.spare_cells ? "with" : "no", combination.trash ? "trash" : "zeros",
                     modulus ? modulus->to_string() : "the number of cells");
}

std::string EvalCases::where(std::size_t i) const {
  return task_ == nullptr ? file_.where(i / moduli_) : fmt::format("example {}", i);
}

void EvalCases::require_order(Order order) const {
  const auto& examples = file_.examples;
  const auto negative = std::ranges::find(examples, true, &Example::has_negative);
  if (negative != examples.end() && order != Order::signed_numbers && !options_.reinterpret) {
    throw Error(ErrorKind::data,
                fmt::format("{} has values below 0, but the program compares unsigned "
                            "numbers; train one with --order signed, or say --reinterpret to take "
                            "their bits as unsigned numbers",
                            file_.where(static_cast<std::size_t>(negative - examples.begin()))));
  }
}

// A file may hold anything; executors take it for granted that values are below the modulus.
void EvalCases::require_values() {
  for (std::size_t i = 0; i < file_.examples.size(); ++i) {
    std::vector<Word>& memory = file_.examples[i].memory;
    const Modulus modulus = modulus_for(memory.size()).value_or(Modulus::of(memory.size()));
    require_values_below(MemoryView(std::span(memory)), modulus, file_.where(i));
  }
}

std::optional<Modulus> EvalCases::modulus_for(std::size_t cells) const {
  return options_.modulus.is_both() || rule_.is_cells()
             ? std::nullopt
             : std::optional(rule_.modulus_for(cells, CellType::u64));
}

}  // namespace nram::cli
