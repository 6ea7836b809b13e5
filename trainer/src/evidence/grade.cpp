#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nram/engine/error.hpp>
#include <nram/engine/order.hpp>
#include <nram/model-io/example.hpp>
#include <nram/trainer/grade.hpp>

namespace nram {
namespace {

constexpr std::array<std::pair<Grade, std::string_view>, 5> grades = {{
    {Grade::not_solved, "not-solved"},
    {Grade::bounded, "bounded"},
    {Grade::ambiguous, "ambiguous"},
    {Grade::fits, "fits"},
    {Grade::generalises, "generalises"},
}};

// What is taken for granted because all examples have it.
std::string reliances_text(const Assessment& assessment) {
  return assessment.relies_on.empty() ? ""
                                      : fmt::format("; it relies on {}, as in all examples",
                                                    fmt::join(assessment.relies_on, " and "));
}

// What else speaks for the program, and what it needs.
std::string basis_of(const Assessment& assessment) {
  std::string text;
  if (assessment.programs > 1 && assessment.questions.empty() && assessment.compared > 0) {
    text = fmt::format("; {} different programs that fit agree on {} further inputs",
                       assessment.programs, assessment.compared);
  }
  return text + reliances_text(assessment);
}

// Why it is wrong on longer inputs than those it is right on.
std::string bound_text(bool stops_sorting, std::string_view cells) {
  return stops_sorting
             ? fmt::format(
                   "it sorts the examples but no longer inputs, so it is not right beyond "
                   "{} cells",
                   cells)
             : fmt::format(
                   "its steps do not grow with the input, so it cannot be right beyond {} "
                   "cells",
                   cells);
}

}  // namespace

std::string_view name_of(Grade grade) {
  return std::ranges::find(grades, grade, &std::pair<Grade, std::string_view>::first)->second;
}

std::optional<Grade> grade_named(std::string_view name) {
  const auto* const found =
      std::ranges::find(grades, name, &std::pair<Grade, std::string_view>::second);
  return found == grades.end() ? std::nullopt : std::optional(found->first);
}

std::string Question::text() const {
  const Order order = order_of(input);
  const auto cells = [&](const std::vector<Word>& memory) {
    std::vector<std::string> numbers;
    numbers.reserve(memory.size());
    for (const Word value : memory) {
      numbers.push_back(number_text(value, Modulus::word64(), order));
    }
    return fmt::format("{}", fmt::join(numbers, " "));
  };
  std::string text = fmt::format("input       {}\n", cells(input.memory));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const Answer& answer = answers[i];
    const std::string result =
        answer.memory ? cells(*answer.memory)
                      : "no result (it reads or writes outside the memory, or does not stop)";
    text += fmt::format("result {:<4} {}{}\n", i + 1, result,
                        answer.is_kept ? "   (the program that is kept)" : "");
  }
  return text;
}

Example answered(const Question& question, const std::vector<Word>& result) {
  Example example = question.input;
  if (result.size() != example.memory.size()) {
    throw Error(ErrorKind::usage,
                fmt::format("the result has {} cells, the input {}; give one value for each cell",
                            result.size(), example.memory.size()));
  }
  for (std::size_t cell = 0; cell < result.size(); ++cell) {
    if (example.expected[cell]) {
      example.expected[cell] = result[cell];
    }
  }
  return example;
}

std::string Assessment::text() const {
  switch (grade) {
    case Grade::not_solved:
      return "not solved: wrong on some example, or does not stop by itself";
    case Grade::bounded:
      return "fits the examples, but does not generalise: " +
             bound_text(stops_sorting, std::to_string(tested_cells));
    case Grade::ambiguous:
      return fmt::format(
          "fits the examples, but they are ambiguous: {} different programs fit all {}, and they "
          "do "
          "not agree on other inputs; the simplest was kept",
          programs, examples);
    case Grade::fits:
      if (is_cut_short) {
        return fmt::format(
            "fits the {} examples, up to {} cells; time was up before it could be tried on further "
            "inputs",
            examples, tested_cells);
      }
      if (2 * tested_cells < 3 * learned_cells || learned_cells == 0) {
        return fmt::format(
            "fits the {} examples; none was longer by half than those it was learned from (up to "
            "{} cells), so nothing shows that it is right on longer ones{}",
            examples, learned_cells, basis_of(*this));
      }
      return fmt::format(
          "fits the {} examples, up to {} cells; these are few, and no other program that fits was "
          "found to compare with, so it may be right by luck{}",
          examples, tested_cells, reliances_text(*this));
    case Grade::generalises:
      return fmt::format(
          "generalises: {}right on longer ones up to {} cells{}",
          learned_cells > 0
              ? fmt::format("learned from memories of up to {} cells, ", learned_cells)
              : "",
          tested_cells, basis_of(*this));
  }
  return {};
}

std::map<std::string, std::string> Assessment::metadata() const {
  std::map<std::string, std::string> facts{{"verdict", std::string(name_of(grade))}};
  if (learned_cells > 0) {
    facts.emplace("learned-cells", std::to_string(learned_cells));
  }
  if (tested_cells > 0 && grade != Grade::not_solved) {
    facts.emplace("tested-cells", std::to_string(tested_cells));
  }
  if (!relies_on.empty()) {
    facts.emplace("relies-on", fmt::format("{}", fmt::join(relies_on, ", ")));
  }
  if (grade == Grade::bounded && stops_sorting) {
    facts.emplace("bounded-by", "sorting");
  }
  return facts;
}

std::optional<std::string> reserve_of(const std::map<std::string, std::string>& metadata) {
  const auto said = metadata.find("verdict");
  const std::optional<Grade> grade =
      said == metadata.end() ? std::nullopt : grade_named(said->second);
  if (!grade) {
    return std::nullopt;
  }
  const auto tested = metadata.find("tested-cells");
  const std::string cells = tested == metadata.end() ? "the examples'" : tested->second;
  switch (*grade) {
    case Grade::not_solved:
      return "was not solved: the best that training came to, wrong on some of its examples";
    case Grade::bounded:
      return "does not generalise: " + bound_text(metadata.contains("bounded-by"), cells);
    case Grade::ambiguous:
      return "fits its examples, but so does a program that does something else: it may not be "
             "what "
             "was meant";
    case Grade::fits:
    case Grade::generalises:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace nram
