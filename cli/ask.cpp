#include "ask.hpp"

#include "number.hpp"
#include "output.hpp"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <sstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/atomic_file.hpp>
#include <nram/model-io/example_file.hpp>

namespace nram::cli {
namespace {

constexpr std::string_view help =
    "Which result is right? Its number; or the cells as they should be, separated by blanks; or\n"
    "`skip`, if there is no such input or both are right; or `stop`, to be asked no more: ";

void show(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

/// The numbers of a line; nothing if it has anything else, or none.
std::optional<std::vector<Word>> numbers_in(const std::string& line) {
  std::vector<Word> numbers;
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    const auto number = parse_cell(word);
    if (!number) {
      return std::nullopt;
    }
    numbers.push_back(*number);
  }
  return numbers.empty() ? std::nullopt : std::optional(numbers);
}

/// What the numbers say; nothing, with a message, if they are no answer.
std::optional<Example> example_of(const Question& question, const std::vector<Word>& numbers) {
  const bool is_choice = numbers.size() == 1 && question.input.memory.size() != 1;
  if (!is_choice) {
    if (numbers.size() == question.input.memory.size()) {
      return answered(question, numbers);
    }
    show(fmt::format("{} numbers; the memory has {} cells\n", numbers.size(),
                     question.input.memory.size()));
    return std::nullopt;
  }
  const Word choice = numbers.front();
  if (choice < 1 || choice > question.answers.size()) {
    show(fmt::format("there are results 1 to {}\n", question.answers.size()));
    return std::nullopt;
  }
  const auto& memory = question.answers[choice - 1].memory;
  if (!memory) {
    show("that is no result; give the cells as they should be, or `skip`\n");
    return std::nullopt;
  }
  return answered(question, *memory);
}

}  // namespace

Asker::Asker(std::string file, std::vector<Example> examples)
    : file_(std::move(file)), examples_(std::move(examples)) {
  std::error_code none;  // yet
  const std::uintmax_t size = file_.empty() ? 0 : std::filesystem::file_size(file_, none);
  if (!none && size > 0) {
    static_cast<void>(read_examples(file_));
  }
}

bool Asker::ask(const std::vector<Question>& questions) {
  for (const Question& question : questions) {
    show(fmt::format("\nPrograms that fit all examples differ here:\n{}{}", question.text(), help));
    bool is_skipped = false;
    while (!is_skipped) {
      const std::optional<std::string> line = lines_.read();
      if (!line || *line == "stop") {
        return false;
      }
      is_skipped = *line == "skip";
      const auto numbers = numbers_in(*line);
      if (!is_skipped && !numbers) {
        show(help);
      }
      if (const auto example = numbers ? example_of(question, *numbers) : std::nullopt) {
        keep(*example);
        return true;
      }
    }
  }
  return false;
}

void Asker::keep(const Example& answer) {
  ++answered_;
  const std::string line = examples_text(std::span(&answer, 1));
  if (file_.empty()) {
    complain(fmt::format("one more example, kept for this run only (--answers FILE keeps it): {}",
                         line.substr(0, line.size() - 1)));
  } else {
    std::string content;
    if (std::ifstream old(file_, std::ios::binary); old) {
      content.assign(std::istreambuf_iterator<char>(old), std::istreambuf_iterator<char>());
      content += content.empty() || content.back() == '\n' ? "" : "\n";
    } else {
      content = examples_text(examples_);
    }
    write_file(file_, content + line);
    complain(fmt::format("one more example in {}", file_));
  }
  examples_.push_back(answer);
}

}  // namespace nram::cli
