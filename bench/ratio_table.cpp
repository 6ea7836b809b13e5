#include "ratio_table.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace nram::bench {
namespace {

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    names.push_back(name);
  }
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace

void RatioTable::ReportRuns(const std::vector<Run>& runs) {
  ConsoleReporter::ReportRuns(runs);
  for (const Run& run : runs) {
    const auto counter = run.counters.find("per_element");
    if (run.error_occurred || run.run_type != Run::RT_Iteration || counter == run.counters.end()) {
      continue;
    }
    const std::string& name = run.run_name.function_name;
    const std::size_t slash = name.find('/');
    const std::string& size = run.run_name.args;
    const std::string subject = name.substr(0, slash) + (size.empty() ? "" : " " + size);
    const std::string contender = name.substr(slash + 1);
    add_once(subjects_, subject);
    add_once(contenders_, contender);
    seconds_[subject][contender].push_back(counter->second.value);
    if (const auto bytes = run.counters.find("bytes_per_element"); bytes != run.counters.end()) {
      bytes_[subject] = bytes->second.value;
    }
  }
}

void RatioTable::Finalize() {
  ConsoleReporter::Finalize();
  std::string text =
      "\nNanoseconds per element; in brackets: by hand / this (above 1 is faster)\n\n" + header();
  for (const std::string& subject : subjects_) {
    text += "| " + subject;
    const auto& row = seconds_[subject];
    const auto hand = row.find("hand");
    for (const std::string& contender : contenders_) {
      const auto cell = row.find(contender);
      text += " | ";
      if (cell == row.end()) {
        continue;
      }
      const double value = median(cell->second);
      text += fmt::format("{:.3g}", value * 1e9);
      if (hand != row.end() && cell != hand) {
        text += fmt::format(" ({:.2f})", median(hand->second) / value);
      }
    }
    text += " |\n";
  }
  GetOutputStream() << text << bandwidths();
}

std::string RatioTable::bandwidths() const {
  const auto size_of = [](const std::string& subject) { return subject.substr(subject.find(' ')); };
  const auto rate = [](double bytes, const std::vector<double>& seconds) {
    return bytes / median(seconds) / 1e9;
  };
  std::map<std::string, double> best;  // by size
  for (const auto& [subject, bytes] : bytes_) {
    if (subject.rfind("stream", 0) == 0) {
      for (const auto& [contender, seconds] : seconds_.at(subject)) {
        double& so_far = best[size_of(subject)];
        so_far = std::max(so_far, rate(bytes, seconds));
      }
    }
  }
  std::string rows;
  for (const std::string& subject : subjects_) {
    const auto bytes = bytes_.find(subject);
    if (bytes == bytes_.end() || best.count(size_of(subject)) == 0) {
      continue;
    }
    rows += "| " + subject;
    const auto& all = seconds_.at(subject);
    for (const std::string& contender : contenders_) {
      rows += " | ";
      if (const auto cell = all.find(contender); cell != all.end()) {
        const double value = rate(bytes->second, cell->second);
        rows += fmt::format("{:.1f} ({:.0f} %)", value, 100 * value / best.at(size_of(subject)));
      }
    }
    rows += " |\n";
  }
  return rows.empty() ? rows
                      : "\nGB/s; in brackets: share of the best of STREAM's\n\n" + header() + rows;
}

std::string RatioTable::header() const {
  std::string text = "|";
  for (const std::string& contender : contenders_) {
    text += " | " + contender;
  }
  text += " |\n|---";
  for (std::size_t i = 0; i < contenders_.size(); ++i) {
    text += "|---";
  }
  return text + "|\n";
}

}  // namespace nram::bench
