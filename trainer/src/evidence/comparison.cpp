#include "evidence/comparison.hpp"

#include "evaluation/polled_executor.hpp"
#include "evidence/trial_run.hpp"
#include "evidence/variations.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include <nram/engine/executor.hpp>

namespace nram {
namespace {

// The memory behind a run; nothing if the program faults or does not stop.
using Result = std::optional<std::vector<Word>>;

// The cells that count.
Result counted(const Result& result, const Example& input) {
  if (!result) {
    return result;
  }
  std::vector<Word> cells;
  for (std::size_t cell = 0; cell < input.memory.size(); ++cell) {
    if (input.expected[cell]) {
      cells.push_back((*result)[cell]);
    }
  }
  return cells;
}

class Committee {
 public:
  Committee(std::span<const Program> programs, const Poll& poll) : programs_(programs) {
    for (const Program& program : programs) {
      executors_.push_back(make_polled(make_executor(Engine::interpreter, program), poll));
    }
  }

  // What becomes of an input: who agrees with whom, by the first of them.
  struct Opinions {
    std::vector<Result> results;
    std::vector<std::size_t> like;
    [[nodiscard]] bool differ() const {
      return std::ranges::any_of(like, [](std::size_t first) { return first != 0; });
    }
    [[nodiscard]] std::size_t without_result() const {
      return static_cast<std::size_t>(
          std::ranges::count_if(results, [](const Result& result) { return !result; }));
    }
  };

  [[nodiscard]] Opinions ask(const Example& input) const {
    Opinions opinions;
    std::map<Result, std::size_t> first;
    for (std::size_t i = 0; i < executors_.size(); ++i) {
      opinions.results.push_back(result_of(*executors_[i], programs_[i], input));
      const auto place =
          first.try_emplace(counted(opinions.results.back(), input), opinions.like.size()).first;
      opinions.like.push_back(place->second);
    }
    return opinions;
  }

 private:
  std::span<const Program> programs_;
  std::vector<std::unique_ptr<Executor>> executors_;
};

Question question_of(const Example& input, const Committee::Opinions& opinions) {
  Question question{input, {}};
  std::map<std::size_t, std::size_t> place;
  for (std::size_t i = 0; i < opinions.like.size(); ++i) {
    const auto [answer, is_new] = place.try_emplace(opinions.like[i], question.answers.size());
    if (is_new) {
      question.answers.push_back({opinions.results[i], 0, i == 0});
    }
    ++question.answers[answer->second].programs;
  }
  return question;
}

// Questions are the better, the more of the programs have a result and the smaller the input is.
auto rank_of(const Example& input, const Committee::Opinions& opinions) {
  Word sum = 0;
  for (const Word value : input.memory) {
    const Word size =
        input.has_negative && is_negative(value, Modulus::word64()) ? Word{0} - value : value;
    sum += std::min<Word>(size, 1U << 20U);
  }
  return std::tuple(opinions.without_result() > 0, input.memory.size(), sum);
}

Example smallest(Example input, const Committee& committee, const Variations& variations,
                 Random& random) {
  constexpr unsigned tries = 400;
  const std::vector<std::size_t> like = committee.ask(input).like;
  auto rank = rank_of(input, committee.ask(input));
  for (unsigned i = 0; i < tries; ++i) {
    if (const auto smaller = variations.shrink(input, random)) {
      const auto opinions = committee.ask(*smaller);
      const auto its_rank = rank_of(*smaller, opinions);
      if (opinions.differ() && its_rank < rank) {
        rank = its_rank;
        input = *smaller;
      }
    }
  }
  return input;
}

bool is_longer(const Example& a, const Example& b) {
  return 2 * a.memory.size() >= 3 * b.memory.size();
}

std::size_t cells_to_change(const Example& example) {
  std::size_t cells = 0;
  for (std::size_t cell = 0; cell < example.memory.size(); ++cell) {
    const auto& wanted = example.expected[cell];
    cells += wanted && *wanted != example.memory[cell] ? 1 : 0;
  }
  return cells;
}

// A run, and whether it came to a state twice.
struct Trace {
  std::uint64_t steps = 0;
  bool repeats = false;
};

Trace trace(const Executor& executor, const Program& program, const Example& input) {
  RunOptions options = options_for(program, input);
  Trace trace;
  std::vector<bool> seen(program.states());
  seen[0] = true;
  std::vector<Word> whole = input.memory;
  trace.steps = executor.run(MemoryView(std::span(whole)), options).steps;
  // Executors report the end of a run only. A run without repetition has no more steps than states.
  trace.repeats = trace.steps > program.states();
  for (options.step_limit = 1; !trace.repeats && options.step_limit < trace.steps;
       ++options.step_limit) {
    std::vector<Word> memory = input.memory;
    const std::uint32_t state = executor.run(MemoryView(std::span(memory)), options).state;
    trace.repeats = seen[state];
    seen[state] = true;
  }
  return trace;
}

}  // namespace

Comparison compare_programs(std::span<const Program> programs, std::span<const Example> examples,
                            bool words, Random random, const Poll& poll) {
  constexpr unsigned draws = 1500;
  constexpr std::size_t most_questions = 3;
  const Committee committee(programs, poll);
  Variations variations(examples, words, poll);
  Comparison comparison;
  // By who agrees with whom: the smallest input of each kind.
  std::map<std::vector<std::size_t>, std::pair<Example, Committee::Opinions>> parted;
  for (unsigned i = 0; i < draws; ++i) {
    const auto input = variations.draw(random);
    if (!input) {
      break;
    }
    auto opinions = committee.ask(*input);
    if (opinions.without_result() == programs.size()) {
      continue;  // not an input of the task, perhaps
    }
    ++comparison.inputs;
    if (!opinions.differ()) {
      continue;
    }
    const auto found = parted.find(opinions.like);
    if (found == parted.end()) {
      parted.emplace(opinions.like, std::pair(*input, opinions));
    } else if (rank_of(*input, opinions) < rank_of(found->second.first, found->second.second)) {
      found->second = {*input, opinions};
    }
  }
  std::vector<std::pair<Example, Committee::Opinions>> found;
  found.reserve(parted.size());
  for (auto& [like, one] : parted) {
    found.push_back(std::move(one));
  }
  const auto by_rank = [](const auto& a, const auto& b) {
    return rank_of(a.first, a.second) < rank_of(b.first, b.second);
  };
  std::ranges::stable_sort(found, by_rank);
  found.resize(std::min(found.size(), most_questions));
  for (auto& [input, opinions] : found) {
    input = smallest(std::move(input), committee, variations, random);
    opinions = committee.ask(input);
  }
  std::ranges::stable_sort(found, by_rank);
  for (const auto& [input, opinions] : found) {
    comparison.questions.push_back(question_of(input, opinions));
  }
  return comparison;
}

bool are_words(std::span<const Example> examples) {
  return std::ranges::any_of(examples, [](const Example& example) {
    return largest_value(example) >= example.memory.size();
  });
}

bool is_bounded(const Program& program, std::span<const Example> examples, bool words,
                Random random, const Poll& poll) {
  const auto executor = make_polled(make_executor(Engine::interpreter, program), poll);
  const auto by_length = [](const Example& a, const Example& b) {
    return a.memory.size() < b.memory.size();
  };
  const Example& shortest = *std::ranges::min_element(examples, by_length);
  const Example& longest = *std::ranges::max_element(examples, by_length);
  if (!is_longer(longest, shortest)) {
    return false;  // nothing to see a growth at
  }
  // Of those at the short end, and of all.
  std::uint64_t steps_short = 0;
  std::uint64_t steps = 0;
  std::size_t changes_short = 0;
  std::size_t changes = 0;
  bool repeats = false;
  for (const Example& example : examples) {
    const Trace one = trace(*executor, program, example);
    const std::size_t to_change = cells_to_change(example);
    repeats = repeats || one.repeats;
    steps = std::max(steps, one.steps);
    changes = std::max(changes, to_change);
    if (!is_longer(example, shortest)) {
      steps_short = std::max(steps_short, one.steps);
      changes_short = std::max(changes_short, to_change);
    }
  }
  if (program.states() > 1 && !repeats) {
    return steps > steps_short || changes > changes_short;
  }
  if (changes <= changes_short) {
    return false;
  }
  constexpr unsigned draws = 600;
  constexpr unsigned enough = 20;
  Variations variations(examples, words, poll);
  unsigned longer = 0;
  for (unsigned i = 0; i < draws; ++i) {
    const auto input = variations.draw(random);
    if (!input) {
      break;
    }
    if (is_longer(*input, longest)) {
      ++longer;
      if (trace(*executor, program, *input).steps > steps) {
        return false;
      }
    }
  }
  return longer >= enough;
}

}  // namespace nram
