#include "trace_row.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nram::cli {
namespace {

// Characters, of text in UTF-8.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string padded_to(const std::string& text, std::size_t width, bool flush_right) {
  const std::string blanks(width - std::min(width, width_of(text)), ' ');
  return flush_right ? blanks + text : text + blanks;
}

// The rule or what was seen, and what follows.
std::string choice_text(const TraceView& view, const FollowedStep& step) {
  std::string text = view.condition(step);
  if (view.program != nullptr) {
    text += fmt::format(" (c{})", step.choice.number);
  }
  if (step.choice.finish) {
    return text + ", stop";
  }
  const bool moves = view.program != nullptr && step.choice.next_state != step.state;
  return moves ? text + fmt::format(", to {}", step.choice.next_state) : text;
}

std::string reads_text(const TraceView& view, const FollowedStep& step) {
  std::vector<std::string> reads;
  for (const MemoryAccess& read : step.reads(view.machine)) {
    reads.push_back(fmt::format("mem[{}] = {}", read.address, view.number(read.value)));
  }
  return fmt::format("{}", fmt::join(reads, " "));
}

std::string write_text(const TraceView& view, const FollowedStep& step) {
  if (step.fault) {
    return fmt::format("fault: {} of address {}", view.machine.modules()[step.fault->module].name,
                       step.fault->address);
  }
  const auto write = step.write(view.machine);
  return write ? view.write_text(*write) : std::string();
}

// Of modules that matter; those whose value is known anyway are left out.
std::string values_text(const TraceView& view, const FollowedStep& step) {
  std::vector<std::string> values;
  const auto& modules = view.machine.modules();
  for (unsigned q = 0; q < modules.size(); ++q) {
    const Source output = view.machine.output_of(q);
    if (step.record.live[q] && !modules[q].touches_memory() && !modules[q].is_constant() &&
        output < step.record.values.size()) {
      values.push_back(
          fmt::format("{}={}", modules[q].name, view.number(step.record.values[output])));
    }
  }
  return fmt::format("{}", fmt::join(values, " "));
}

// What was chosen with some doubt; the rest in a word.
std::string chosen_text(const std::vector<LikelySources>& chosen, float finish) {
  constexpr float sure = 0.9995F;
  std::vector<std::string> doubts;
  for (const LikelySources& one : chosen) {
    if (one.sources.front().second < sure) {
      std::vector<std::string> sources;
      for (const auto& [source, probability] : one.sources) {
        sources.push_back(fmt::format("{} {:.3f}", source, probability));
      }
      doubts.push_back(fmt::format("{} from {}", one.selector, fmt::join(sources, ", ")));
    }
  }
  if (doubts.empty()) {
    return fmt::format("each choice above {}; finish {:.3f}", sure, finish);
  }
  const std::string rest =
      doubts.size() == chosen.size() ? "" : fmt::format("; all others above {}", sure);
  return fmt::format("{}{}; finish {:.3f}", fmt::join(doubts, "; "), rest, finish);
}

std::string soft_registers_text(const TraceView& view, const SoftRow& soft) {
  std::vector<std::string> registers;
  for (std::size_t r = 0; r < soft.registers.size(); ++r) {
    std::vector<std::string> values;
    for (const auto& [value, probability] : soft.registers[r]) {
      values.push_back(fmt::format("{} {:.3f}", view.number(value), probability));
    }
    registers.push_back(fmt::format("r{} is {}", r, fmt::join(values, ", ")));
  }
  return fmt::format("{}", fmt::join(registers, "; "));
}

}  // namespace

TraceTable::TraceTable(TraceView view) : view_(std::move(view)) {
  const auto column = [&](std::string title, bool is_number) {
    widths_.push_back(width_of(title));
    titles_.push_back(std::move(title));
    is_number_.push_back(is_number);
  };
  column("step", true);
  if (view_.program != nullptr && view_.program->states() > 1) {
    column("state", true);
  }
  column(view_.program != nullptr ? "rule" : "seen", false);
  for (unsigned r = 0; r < view_.machine.registers(); ++r) {
    column(fmt::format("r{}", r), true);
  }
  column("read", false);
  column("write", false);
  column("values", false);
}

void TraceTable::add(const TraceRow& row) {
  const FollowedStep& step = row.step;
  Line line{{std::to_string(step.number)}, {}};
  if (view_.program != nullptr && view_.program->states() > 1) {
    line.cells.push_back(std::to_string(step.state));
  }
  line.cells.push_back(choice_text(view_, step));
  for (unsigned r = 0; r < view_.machine.registers(); ++r) {
    line.cells.push_back(view_.number(step.record.values[r]));
  }
  line.cells.push_back(reads_text(view_, step));
  line.cells.push_back(write_text(view_, step));
  line.cells.push_back(values_text(view_, step));
  if (view_.program == nullptr) {
    line.notes.push_back("chosen: " + chosen_text(row.chosen, row.finish));
  }
  if (row.soft) {
    line.notes.push_back("soft:   " + soft_registers_text(view_, *row.soft));
    line.notes.push_back("        " + chosen_text(row.soft->chosen, row.soft->finish));
  }
  lines_.push_back(std::move(line));
  constexpr std::size_t part = 32;
  if (lines_.size() >= part) {
    flush();
  }
}

void TraceTable::flush() {
  bool wider = false;
  for (const Line& line : lines_) {
    for (std::size_t i = 0; i < widths_.size(); ++i) {
      const std::size_t width = width_of(line.cells[i]);
      wider = wider || width > widths_[i];
      widths_[i] = std::max(widths_[i], width);
    }
  }
  std::string text;
  const auto add_line = [&](const std::vector<std::string>& cells) {
    std::string one;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      one += (i == 0 ? "" : "  ") + padded_to(cells[i], widths_[i], is_number_[i]);
    }
    one.erase(one.find_last_not_of(' ') + 1);
    text += one + "\n";
  };
  if (!lines_.empty() && (wider || !headed_)) {
    text += headed_ ? "\n" : "";
    add_line(titles_);
    headed_ = true;
  }
  for (const Line& line : lines_) {
    add_line(line.cells);
    for (const std::string& note : line.notes) {
      text += std::string(widths_[0] + 2, ' ') + note + "\n";
    }
  }
  lines_.clear();
  if (!text.empty()) {
    print_text(text);
  }
}

}  // namespace nram::cli
