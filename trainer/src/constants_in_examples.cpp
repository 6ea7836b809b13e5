#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include <nram/trainer/constants_in_examples.hpp>

namespace nram {
namespace {

constexpr Word largest_known = 2;       // by the machine
constexpr std::size_t least_cells = 8;  // that speak for a constant
constexpr std::size_t least_examples = 4;
constexpr double enough_steps = 0.5;  // of the cells that change differ by a step
constexpr double enough_equal = 0.2;  // become, or were, this number
constexpr double by_chance = 0.5;     // at most so much of what is seen
constexpr double nearly_all = 0.9;

// Its distance from 0: a machine that has k can make -k.
Word distance_from_zero(Word value) { return std::min(value, Word{0} - value); }

// A cell that counts.
struct CountedCell {
  std::size_t example;
  Word before;
  Word after;
  bool is_new;                     // no cell of the input is what it becomes
  std::optional<Word> left;        // the cell before it, before the run
  std::optional<Word> right;       // the cell behind it
  std::optional<Word> left_after;  // the cell before it, after the run, if that changes, too
};

struct CountedCells {
  std::vector<CountedCell> changed;
  std::vector<CountedCell> kept;
};

bool changes(const Example& example, std::size_t cell) {
  return example.expected[cell] && *example.expected[cell] != example.memory[cell];
}

CountedCells cells_of(std::span<const Example> examples) {
  CountedCells cells;
  for (std::size_t e = 0; e < examples.size(); ++e) {
    const Example& example = examples[e];
    const std::set<Word> input(example.memory.begin(), example.memory.end());
    for (std::size_t i = 0; i < example.memory.size(); ++i) {
      if (!example.expected[i]) {
        continue;
      }
      const Word after = *example.expected[i];
      CountedCell cell{e, example.memory[i], after, !input.contains(after), {}, {}, {}};
      if (i > 0) {
        cell.left = example.memory[i - 1];
        if (changes(example, i - 1)) {
          cell.left_after = example.expected[i - 1];
        }
      }
      if (i + 1 < example.memory.size()) {
        cell.right = example.memory[i + 1];
      }
      (changes(example, i) ? cells.changed : cells.kept).push_back(cell);
    }
  }
  return cells;
}

// How often each number comes up, in how many cells and examples.
class Tally {
 public:
  void add(Word number, std::size_t example) {
    Entry& entry = entries_[number];
    ++entry.cells;
    entry.examples += entry.latest == example ? 0 : 1;
    entry.latest = example;
    ++cells_;
  }

  [[nodiscard]] std::size_t cells() const { return cells_; }
  [[nodiscard]] std::size_t cells(Word number) const {
    const auto entry = entries_.find(number);
    return entry == entries_.end() ? 0 : entry->second.cells;
  }
  [[nodiscard]] double share(Word number) const { return part(number, cells_); }
  /// The cells with a number as a part of so many.
  [[nodiscard]] double part(Word number, std::size_t of) const {
    return of == 0 ? 0.0 : static_cast<double>(cells(number)) / static_cast<double>(of);
  }
  /// Calls use(number) for those that come up often enough to be believed.
  void for_each_frequent(double share_needed, const std::function<void(Word)>& use) const {
    for (const auto& [number, entry] : entries_) {
      if (entry.cells >= least_cells && entry.examples >= least_examples &&
          share(number) >= share_needed) {
        use(number);
      }
    }
  }
  /// The share of pairs of one number of this and one of `other`, drawn at random, that differ by
  /// `step`, among those that are not equal if `unequal`. O(numbers · log numbers).
  [[nodiscard]] double chance_of(Word step, const Tally& other, bool unequal) const {
    double found = 0.0;
    double equal = 0.0;
    for (const auto& [number, entry] : entries_) {
      const double here = share(number);
      found += here * (other.share(number + step) + other.share(number - step));
      equal += unequal ? here * other.share(number) : 0.0;
    }
    return equal < 1.0 ? found / (1.0 - equal) : 1.0;
  }

 private:
  struct Entry {
    std::size_t cells = 0;
    std::size_t examples = 0;
    std::size_t latest = ~std::size_t{0};
  };
  std::map<Word, Entry> entries_;
  std::size_t cells_ = 0;
};

class ConstantSearch {
 public:
  explicit ConstantSearch(std::span<const Example> examples) : cells_(cells_of(examples)) {
    for (const CountedCell& cell : cells_.changed) {
      before_.add(cell.before, cell.example);
      if (cell.is_new) {
        new_.add(cell.after, cell.example);
      }
    }
    for (const CountedCell& cell : cells_.kept) {
      kept_.add(cell.before, cell.example);
    }
    is_signed_ = order_of(examples) == Order::signed_numbers;
  }

  std::vector<ConstantSeen> run() {
    find_step("what they were", true,
              [](const CountedCell& cell) { return std::optional(cell.before); });
    find_step("the cell before them", false, [](const CountedCell& cell) { return cell.left; });
    find_step("the cell behind them", false, [](const CountedCell& cell) { return cell.right; });
    find_step("the new value before them", false,
              [](const CountedCell& cell) { return cell.left_after; });
    if (largest_step_ < nearly_all) {  // else new values are what steps lead to
      find_new_values();
    }
    find_compared();
    find_threshold();
    std::ranges::stable_sort(found_, std::greater<>(), &Found::share);
    std::vector<ConstantSeen> result;
    for (Found& one : found_) {
      const bool is_new =
          std::ranges::find(result, one.seen.number, &ConstantSeen::number) == result.end();
      if (is_new && result.size() < most_constants_seen) {
        result.push_back(std::move(one.seen));
      }
    }
    return result;
  }

 private:
  using Other = std::function<std::optional<Word>(const CountedCell&)>;

  struct Found {
    double share;
    ConstantSeen seen;
  };

  void add(Word number, double share, std::string_view what) {
    const Word constant = distance_from_zero(number);
    if (constant > largest_known && constant <= max_constant) {
      found_.push_back({share, {constant, fmt::format(fmt::runtime(what), 100 * share)}});
    }
  }

  // A few numbers that make up nearly all of what is new. (Where there are more of them, they are
  // counts, say.)
  void find_new_values() {
    std::vector<Word> frequent;
    double together = 0.0;
    new_.for_each_frequent(enough_equal, [&](Word number) {
      frequent.push_back(number);
      together += new_.share(number);
    });
    if (frequent.size() > most_constants_seen || together < nearly_all) {
      return;
    }
    for (const Word number : frequent) {
      const double share = new_.part(number, cells_.changed.size());
      if (share >= enough_equal) {
        add(number, share, "what {:.0f} % of the cells that change become");
      }
    }
  }

  // Cells that change because of what they are.
  void find_compared() {
    before_.for_each_frequent(enough_equal, [&](Word number) {
      const double share = before_.share(number);
      const auto with = static_cast<double>(before_.cells(number));
      const double changing = with / (with + static_cast<double>(kept_.cells(number)));
      const double others = static_cast<double>(before_.cells()) - with;
      const double kept_others =
          static_cast<double>(kept_.cells()) - static_cast<double>(kept_.cells(number));
      const double changing_others = others + kept_others > 0 ? others / (others + kept_others) : 1;
      if (changing >= nearly_all && changing_others <= changing / 2) {
        add(number, share, "what {:.0f} % of the cells that change were, and few of the others");
      }
    });
  }

  void find_step(std::string_view from, bool unequal, const Other& other) {
    Tally steps;
    Tally of_cell;
    Tally of_other;
    for (const CountedCell& cell : cells_.changed) {
      if (const std::optional<Word> value = other(cell)) {
        steps.add(distance_from_zero(cell.after - *value), cell.example);
        of_cell.add(cell.after, cell.example);
        of_other.add(*value, cell.example);
      }
    }
    steps.for_each_frequent(enough_steps, [&](Word step) {
      const double share = steps.part(step, cells_.changed.size());
      if (step == 0 || share < enough_steps) {
        return;
      }
      if (step <= largest_known) {
        largest_step_ = std::max(largest_step_, share);
      } else if (of_other.chance_of(step, of_cell, unequal) <= by_chance * share) {
        largest_step_ = std::max(largest_step_, share);
        add(step, share,
            fmt::format("by which {{:.0f}} % of the cells that change differ from {}", from));
      }
    });
  }

  [[nodiscard]] bool is_below(Word a, Word b) const {
    return is_signed_ ? static_cast<std::int64_t>(a) < static_cast<std::int64_t>(b) : a < b;
  }

  // Whether the cells that change are all those above, or all those below, some number.
  void find_threshold() {
    // Zeros that stay are ends and empty cells as often as numbers.
    std::vector<Word> kept;
    std::vector<Word> changed;
    for (const CountedCell& cell : cells_.kept) {
      if (cell.before != 0) {
        kept.push_back(cell.before);
      }
    }
    for (const CountedCell& cell : cells_.changed) {
      changed.push_back(cell.before);
    }
    if (kept.size() < least_cells || changed.size() < least_cells) {
      return;
    }
    const auto below = [&](Word a, Word b) { return is_below(a, b); };
    const auto [low_changed, high_changed] = std::ranges::minmax(changed, below);
    const auto [low_kept, high_kept] = std::ranges::minmax(kept, below);
    if (low_changed == high_changed || low_kept == high_kept) {
      return;
    }
    if (below(high_kept, low_changed)) {
      add_between(high_kept, low_changed);
    } else if (below(high_changed, low_kept)) {
      add_between(high_changed, low_kept);
    }
  }

  // A number above `low`, up to `high`: the roundest, unless a bound that was found is one that
  // tells them apart, or they are so far apart that it may be any.
  void add_between(Word low, Word high) {
    const bool is_told = std::ranges::any_of(found_, [&](const Found& one) {
      return one.seen.number >= low && one.seen.number <= high;
    });
    if (is_told || is_below(low, 1) || high - low > low / 2) {
      return;
    }
    Word roundest = high;
    for (Word power = 10; power <= high && high / power * power > low; power *= 10) {
      roundest = high / power * power;
      if (power > high / 10) {
        break;  // the next power may be too large for a Word
      }
    }
    if (roundest > largest_known && roundest <= max_constant) {
      constexpr double last = 0.0;
      found_.push_back({last, {roundest, "which tells the cells that change from the others"}});
    }
  }

  CountedCells cells_;
  Tally before_;  // of the cells that change
  Tally new_;     // what they become, where no cell of the input is that
  Tally kept_;    // of the cells that count and stay
  bool is_signed_ = false;
  double largest_step_ = 0.0;  // what the most frequent step accounts for
  std::vector<Found> found_;
};

}  // namespace

std::vector<ConstantSeen> constants_in(std::span<const Example> examples) {
  return ConstantSearch(examples).run();
}

std::vector<Module> with_constants(std::vector<Module> modules, std::span<const Word> numbers) {
  std::size_t place = 0;
  for (std::size_t q = 0; q < modules.size(); ++q) {
    place = modules[q].arity == 0 ? q + 1 : place;
  }
  for (const Word number : numbers) {
    Module module = constant_module(number);
    if (std::ranges::find(modules, module.name, &Module::name) == modules.end()) {
      modules.insert(modules.begin() + static_cast<std::ptrdiff_t>(place++), std::move(module));
    }
  }
  return modules;
}

}  // namespace nram
