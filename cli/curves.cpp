#include "output_file.hpp"
#include "svg.hpp"
#include "verbs.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <nram/engine/error.hpp>
#include <nram/model-io/atomic_file.hpp>
#include <nram/model-io/file_kind.hpp>
#include <nram/model-io/printable.hpp>

namespace nram::cli {
namespace {

struct Curve {
  std::vector<std::pair<double, double>> points;  // seconds, cost
  bool solved = false;
};

using Curves = std::map<std::uint64_t, Curve>;  // by attempt

struct Log {
  std::map<std::string, Curves> arms;
  double seconds = 0.0;
};

struct CurvesCommand {
  std::string log;
  std::string picture;
};

void add_line(const nlohmann::json& line, Log& log) {
  const double seconds = line.at("seconds").get<double>();
  Curve& curve = log.arms[line.at("arm").get<std::string>()][line.at("attempt").get<unsigned>()];
  if (line.at("cost").is_number()) {  // it is null where an attempt has diverged
    curve.points.emplace_back(seconds, line.at("cost").get<double>());
  }
  curve.solved = curve.solved || line.at("status").get<std::string>() == "solved";
  log.seconds = std::max(log.seconds, seconds);
}

// A round number of about a fourth of `most`, to mark an axis with.
double tick(double most) {
  const double power = std::pow(10.0, std::floor(std::log10(most / 4)));
  const double digits = most / 4 / power;
  return power * (digits < 2 ? 1 : digits < 5 ? 2 : 5);
}

/// A panel for each arm, as their costs are not the same quantity: of the soft machine in one, of
/// the best program so far in the other.
std::string picture_of(const Log& log) {
  constexpr double width = 760;
  constexpr double left = 70;
  constexpr double right = 20;
  constexpr double panel = 220;  // with its title
  constexpr double title = 34;
  const double seconds = std::max(log.seconds, 1e-3);
  const auto x = [&](double t) { return left + t / seconds * (width - left - right); };
  Svg svg(width, panel * static_cast<double>(log.arms.size()) + 50);
  double top = title;
  for (const auto& [arm, curves] : log.arms) {
    double most = 1e-9;
    for (const auto& [attempt, curve] : curves) {
      for (const auto& [t, cost] : curve.points) {
        most = std::max(most, cost);
      }
    }
    const double bottom = top + panel - title;
    const auto y = [&](double cost) { return bottom - cost / most * (bottom - top); };
    svg.label(left, top - 10, Anchor::start,
              fmt::format("cost, {} arm: {} attempt{}", printable(arm, longest_quote),
                          curves.size(), curves.size() == 1 ? "" : "s"));
    for (double cost = 0; cost <= most; cost += tick(most)) {
      svg.line(left, y(cost), width - right, y(cost));
      svg.label(left - 8, y(cost) + 4, Anchor::end, fmt::format("{:g}", cost));
    }
    for (const auto& [attempt, curve] : curves) {
      std::vector<std::pair<double, double>> points;
      for (const auto& [t, cost] : curve.points) {
        points.emplace_back(x(t), y(cost));
      }
      if (!points.empty()) {
        svg.polyline(points, curve.solved ? "#c0392b" : "#8fb8d8");
      }
      if (curve.solved && !points.empty()) {
        svg.circle(points.back().first, points.back().second, 5, "#c0392b");
      }
    }
    top += panel;
  }
  const double bottom = top - title;
  for (double t = 0; t <= seconds; t += tick(seconds)) {
    svg.label(x(t), bottom + 18, Anchor::middle, fmt::format("{:g} s", t));
  }
  svg.label(left, bottom + 40, Anchor::start, "red: the attempt whose program passed every test");
  return svg.text();
}

Log read_log(const std::string& path) {
  std::ifstream opened;
  if (path != "-") {
    opened.open(path, std::ios::binary);
    if (!opened) {
      throw Error(ErrorKind::io, fmt::format("{}: cannot read the log", path));
    }
  }
  std::istream& lines = path == "-" ? std::cin : opened;
  Log log;
  std::uint64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    try {
      add_line(nlohmann::json::parse(line), log);
    } catch (const nlohmann::json::exception& error) {
      const std::string_view content = path == "-" ? std::string_view() : name_of_content(path);
      throw Error(ErrorKind::data,
                  fmt::format("{}, line {}: not a line as nram train --log writes it{} ({})", path,
                              number, content.empty() ? "" : fmt::format("; this is {}", content),
                              printable(error.what(), 2 * longest_quote)));
    }
  }
  if (log.arms.empty()) {
    throw Error(ErrorKind::data, fmt::format("{}: nothing to draw, the log is empty", path));
  }
  return log;
}

ExitCode draw_curves(const CurvesCommand& line) {
  require_distinct(line.picture, {{"the log", line.log}});
  require_writable(line.picture);
  write_file(line.picture, picture_of(read_log(line.log)));
  return ExitCode::done;
}

}  // namespace

void add_curves(CLI::App& app, Verb& chosen) {
  auto* verb = app.add_subcommand(
      "curves", "Draw how the cost of each attempt went down, from a log of nram train");
  auto line = std::make_shared<CurvesCommand>();
  verb->add_option("log", line->log, "What nram train --log has written; - reads stdin")
      ->required()
      ->type_name("FILE");
  verb->add_option("-o,--output", line->picture, "The picture to write (SVG); - for stdout")
      ->required()
      ->type_name("FILE");
  verb->footer(
      "There is a panel for each arm, as their costs are not the same quantity. An attempt whose\n"
      "program passed every test is red.\n\n"
      "Examples:\n"
      "  nram train --task walk-bst --log log.jsonl -o walk-bst.safetensors\n"
      "  nram curves log.jsonl -o curves.svg");
  verb->callback([line, &chosen] { chosen = [line] { return draw_curves(*line); }; });
}

}  // namespace nram::cli
