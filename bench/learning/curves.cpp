// learning-curves LOG.jsonl PICTURE.svg: how the cost of each attempt went down, from what nram
// train --log has written. A panel for each arm, as their costs are not the same quantity: of the
// soft machine in one, of the best program so far in the other.

#include "json_lines.hpp"
#include "svg.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <map>
#include <stdexcept>

#include <fmt/format.h>

namespace nram::bench {
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

void plot(const Log& log, const std::string& path) {
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
              fmt::format("cost, {} arm: {} attempt{}", arm, curves.size(),
                          curves.size() == 1 ? "" : "s"));
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
  svg.save(path);
}

}  // namespace
}  // namespace nram::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: learning-curves LOG.jsonl PICTURE.svg\n");
    return 2;
  }
  try {
    nram::bench::Log log;
    nram::bench::read_json_lines(argv[1], "a line as nram train --log writes it",
                                 [&](const auto& line) { nram::bench::add_line(line, log); });
    if (log.arms.empty()) {
      throw std::runtime_error(fmt::format("{}: nothing to draw, the log is empty", argv[1]));
    }
    nram::bench::plot(log, argv[2]);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "learning-curves: {}\n", error.what());
    return 1;
  }
}
