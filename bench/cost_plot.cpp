// cost-plot FILE.svg: what a machine step costs as the memory grows, from 1,000 to 100,000,000
// cells of 32 bits, as a picture. The machine reads and writes a cell in constant time, so all that
// may show is the caches. The same numbers go to the standard output.

#include "cli/svg.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <oneapi/tbb/global_control.h>
#include <support/hand_written.hpp>

#include <nram/engine/error.hpp>
#include <nram/engine/executor.hpp>

namespace {

using nram::cli::Anchor;
using Cells = std::vector<std::uint32_t>;

struct Curve {
  const char* title;
  const char* colour;
  std::string task;
  nram::Engine engine;
  nram::Speculation speculation;
  std::size_t most_cells;
};

struct Point {
  std::size_t cells;
  double nanoseconds;  ///< a step
};

// p, an array of half the cells, NULL
Cells copy_input(std::size_t cells) {
  Cells memory(cells, 7);
  const std::size_t n = (cells - 2) / 2;
  memory[0] = static_cast<std::uint32_t>(n + 2);
  memory[n + 1] = 0;
  return memory;
}

// head, k, out, then nodes (next, value) in one random cycle; a million hops at most
Cells list_input(std::size_t cells) {
  const std::size_t nodes = (cells - 3) / 2;
  Cells order(nodes);
  std::iota(order.begin(), order.end(), 0U);
  std::shuffle(order.begin(), order.end(), std::mt19937(1));
  Cells memory(cells, 1);
  const auto address = [&](std::size_t i) { return 3 + 2 * order[i % nodes]; };
  memory[0] = address(0);
  memory[1] = static_cast<std::uint32_t>(std::min<std::size_t>(nodes, 1'000'000));
  memory[2] = 2;
  for (std::size_t i = 0; i < nodes; ++i) {
    memory[address(i)] = address(i + 1);
  }
  return memory;
}

// The median of several runs, after one that does not count.
double nanoseconds_a_step(const Curve& curve, std::size_t cells) {
  const auto executor =
      nram::make_executor(curve.engine, nram::test::hand_written_program(curve.task));
  const Cells input = curve.task == "copy" ? copy_input(cells) : list_input(cells);
  nram::RunOptions options{.modulus = nram::Modulus::word32(),
                           .step_limit = nram::default_step_limit(cells),
                           .speculation = curve.speculation};
  std::vector<double> times;
  Cells memory = input;
  for (int i = 0; i < 6; ++i) {
    std::copy(input.begin(), input.end(), memory.begin());
    const auto start = std::chrono::steady_clock::now();
    const nram::RunResult result = executor->run(nram::MemoryView(std::span(memory)), options);
    const std::chrono::duration<double, std::nano> elapsed =
        std::chrono::steady_clock::now() - start;
    if (result.outcome != nram::Outcome::finished) {
      throw nram::Error(nram::ErrorKind::data, curve.task + " did not finish");
    }
    if (i != 0) {
      times.push_back(elapsed.count() / static_cast<double>(result.steps));
    }
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

class Picture {
 public:
  Picture() {
    for (int power = 3; power <= 8; ++power) {
      svg_.line(x(std::pow(10, power)), y(least), x(std::pow(10, power)), y(most));
      svg_.label(x(std::pow(10, power)), y(least) + 20, Anchor::middle,
                 fmt::format("10^{}", power));
    }
    for (double value = least; value <= most * 1.01; value *= 10) {
      svg_.line(x(1e3), y(value), x(1e8), y(value));
      svg_.label(x(1e3) - 8, y(value) + 4, Anchor::end, fmt::format("{:g} ns", value));
    }
    svg_.label(x(std::sqrt(1e11)), height - 8, Anchor::middle, "cells of the memory");
  }

  void add(const Curve& curve, const std::vector<Point>& points) {
    std::vector<std::pair<double, double>> at;
    for (const Point& point : points) {
      at.emplace_back(x(static_cast<double>(point.cells)), y(point.nanoseconds));
    }
    svg_.polyline(at, curve.colour);
    svg_.label(left + 12.0, 24.0 + 18.0 * curves_++, Anchor::start, curve.title, curve.colour);
  }

  void save(const std::string& path) const { svg_.save(path); }

 private:
  static constexpr double width = 720;
  static constexpr double height = 440;
  static constexpr double left = 70;
  static constexpr double top = 110;
  static constexpr double bottom = 50;
  static constexpr double least = 0.1;  // nanoseconds
  static constexpr double most = 1000;

  static double x(double cells) { return left + (std::log10(cells) - 3) / 5 * (width - left - 20); }
  static double y(double nanoseconds) {
    const double share = std::log10(nanoseconds / least) / std::log10(most / least);
    return height - bottom - std::clamp(share, 0.0, 1.0) * (height - bottom - top);
  }

  nram::cli::Svg svg_{width, height};
  int curves_ = 0;
};

void plot(const std::string& path) {
  using nram::Engine;
  using nram::Speculation;
  const oneapi::tbb::global_control one_thread(oneapi::tbb::global_control::max_allowed_parallelism,
                                               1);
  std::vector<Curve> curves = {{"copy: interpreter, step by step", "#c0392b", "copy",
                                Engine::interpreter, Speculation::never, 100'000'000}};
  if (nram::jit_available()) {
    curves.push_back({"list-k: native code, a random hop each step", "#8e44ad", "list-k",
                      Engine::jit, Speculation::worthwhile, 100'000'000});
    curves.push_back({"copy: native code, step by step", "#2980b9", "copy", Engine::jit,
                      Speculation::never, 100'000'000});
  }
  curves.push_back({"copy: vectorised, one thread", "#27ae60", "copy", Engine::interpreter,
                    Speculation::worthwhile, 100'000'000});
  Picture picture;
  for (const Curve& curve : curves) {
    std::vector<Point> points;
    for (std::size_t cells = 1000; cells <= curve.most_cells; cells *= 10) {
      points.push_back({cells, nanoseconds_a_step(curve, cells)});
      fmt::print("{:<45} {:>11} cells {:8.3f} ns a step\n", curve.title, cells,
                 points.back().nanoseconds);
    }
    picture.add(curve, points);
  }
  picture.save(path);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: cost-plot FILE.svg\n");
    return 2;
  }
  try {
    plot(argv[1]);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "cost-plot: {}\n", error.what());
    return 1;
  }
}
