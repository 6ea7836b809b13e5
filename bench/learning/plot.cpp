// learning-plot RUNS.jsonl... PICTURE.svg: how long learning took, from what bench-learning --runs
// has written. A row for each task and arm: a dot for each run that ended right, how many did, and
// the interval of plausible success rates.

#include "cli/svg.hpp"
#include "json_lines.hpp"
#include "statistics.hpp"

#include <algorithm>
#include <cmath>
#include <exception>

#include <fmt/format.h>

namespace nram::bench {
namespace {

using cli::Anchor;
using cli::Svg;

struct Row {
  std::string name;
  unsigned runs = 0;
  std::vector<double> seconds;  // of those that ended right
};

void add_run(const nlohmann::json& run, std::vector<Row>& rows) {
  const auto arm = run.at("arm").get<std::string>();
  std::string name = run.at("task").get<std::string>();
  name = name.substr(name.rfind('/') + 1);  // of files of examples
  name = name.substr(0, name.rfind(".jsonl"));
  name += arm == "portfolio" ? "" : " (" + arm + ")";
  auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.name == name; });
  row = row == rows.end() ? rows.insert(row, {name, 0, {}}) : row;
  ++row->runs;
  if (run.at("right").get<bool>()) {
    row->seconds.push_back(run.at("seconds").get<double>());
  }
}

void plot(const std::vector<Row>& rows, const std::string& path) {
  constexpr double width = 760;
  constexpr double left = 150;
  constexpr double right = 200;
  constexpr double row_height = 26;
  constexpr double least = 0.1;  // seconds
  constexpr double most = 1000;
  const double bottom = 20 + row_height * static_cast<double>(rows.size());
  const auto x = [&](double seconds) {
    const double share = std::log10(seconds / least) / std::log10(most / least);
    return left + std::clamp(share, 0.0, 1.0) * (width - left - right);
  };
  Svg svg(width, bottom + 50);
  for (double seconds = least; seconds <= most * 1.01; seconds *= 10) {
    svg.line(x(seconds), 10, x(seconds), bottom);
    svg.label(x(seconds), bottom + 18, Anchor::middle, fmt::format("{:g} s", seconds));
  }
  svg.label((x(least) + x(most)) / 2, bottom + 40, Anchor::middle, "until the program was found");
  double y = 20 + row_height / 2;
  for (const Row& row : rows) {
    svg.line(left, y, width - right, y);
    svg.label(left - 12, y + 4, Anchor::end, row.name);
    for (const double seconds : row.seconds) {
      svg.circle(x(seconds), y, 5, "#2980b9");
    }
    const auto found = static_cast<unsigned>(row.seconds.size());
    const Interval rate = wilson(found, row.runs);
    svg.label(width - right + 12, y + 4, Anchor::start,
              fmt::format("{} of {} ({:.0f} to {:.0f} %)", found, row.runs, 100 * rate.low,
                          100 * rate.high));
    y += row_height;
  }
  svg.save(path);
}

}  // namespace
}  // namespace nram::bench

int main(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: learning-plot RUNS.jsonl... PICTURE.svg\n");
    return 2;
  }
  try {
    std::vector<nram::bench::Row> rows;
    for (int i = 1; i + 1 < argc; ++i) {
      nram::bench::read_json_lines(argv[i], "a run as bench-learning --runs writes it",
                                   [&](const auto& run) { nram::bench::add_run(run, rows); });
    }
    nram::bench::plot(rows, argv[argc - 1]);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "learning-plot: {}\n", error.what());
    return 1;
  }
}
