#include "candidates.hpp"

#include <algorithm>
#include <cctype>

#include <nram/engine/optimise.hpp>
#include <nram/trainer/builtin_tasks.hpp>

namespace nram::cli {
namespace {

bool is_in_capitals(const std::string& word) {
  return std::all_of(word.begin(), word.end(),
                     [](unsigned char c) { return std::isupper(c) != 0; });
}

std::vector<std::string> alternatives_in(const std::string& value) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= value.size();) {
    const std::size_t end = std::min(value.find('|', begin), value.size());
    if (std::string word = value.substr(begin, end - begin); !is_in_capitals(word)) {
      words.push_back(std::move(word));
    }
    begin = end + 1;
  }
  return words;
}

}  // namespace

Candidates candidates_for(const std::string& value, const DeclaredCommand& command) {
  Candidates candidates;
  if (value == "FILE" || value == "BEFORE AFTER") {
    candidates.kind = Candidates::Kind::files;
  } else if (value == "DIR") {
    candidates.kind = Candidates::Kind::directories;
  } else if (value == "TASK") {
    candidates.kind = Candidates::Kind::words;
    for (const BuiltinTask& task : builtin_tasks()) {
      candidates.words.emplace_back(task.name());
    }
  } else if (value == "VERB") {
    candidates.kind = Candidates::Kind::words;
    candidates.words = verb_names(command);
  } else if (value == "PASS,...") {
    candidates.kind = Candidates::Kind::word_list;
    for (const PassInfo& pass : passes()) {
      candidates.words.emplace_back(pass.name);
    }
  } else if (value.find('|') != std::string::npos) {
    candidates.kind = Candidates::Kind::words;
    candidates.words = alternatives_in(value);
  }
  return candidates;
}

std::string short_help(const std::string& help) {
  constexpr std::size_t longest = 70;
  std::string text = help.substr(0, help.find_first_of(";\n"));
  text = text.substr(0, text.find(": "));
  if (text.size() > longest) {
    text = text.substr(0, text.rfind(' ', longest)) + "...";
  }
  return text;
}

}  // namespace nram::cli
