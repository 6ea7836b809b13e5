// A line for each goal of the engine's speed, from the JSON that bench-tasks, bench-batch and
// bench-engine write: what was asked for, what was measured (medians), whether that is enough.
//
//   bench-goals tasks.json batch.json engine.json

#include <algorithm>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace {

using Json = nlohmann::json;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// What was measured, by "subject/contender/size" or the whole name of a benchmark.
class Measurements {
 public:
  void add(const std::string& path) {
    std::ifstream file(path);
    if (!file) {
      throw std::runtime_error("cannot read " + path);
    }
    const Json report = Json::parse(file);
    for (const Json& run : report.at("benchmarks")) {
      if (run.at("run_type") != "iteration" || run.contains("error_occurred")) {
        continue;
      }
      std::string name = run.at("run_name");
      for (const char* suffix : {"/iterations:", "/manual_time"}) {
        name.resize(std::min(name.size(), name.find(suffix)));
      }
      if (run.contains("per_element")) {
        per_element_[name].push_back(run.at("per_element").get<double>());
      }
      if (run.contains("bytes_per_element")) {
        bytes_[name] = run.at("bytes_per_element").get<double>();
      }
      if (run.at("time_unit") == "ms") {
        cpu_ms_[name].push_back(run.at("cpu_time").get<double>());
      }
    }
  }

  std::optional<double> seconds(const std::string& name) const {
    const auto found = per_element_.find(name);
    return found == per_element_.end() ? std::nullopt : std::optional(median(found->second));
  }
  // How many times as fast `ours` is.
  std::optional<double> ratio(const std::string& theirs, const std::string& ours) const {
    const auto a = seconds(theirs);
    const auto b = seconds(ours);
    return a && b ? std::optional(*a / *b) : std::nullopt;
  }
  std::optional<double> bytes_a_second(const std::string& name) const {
    const auto bytes = bytes_.find(name);
    const auto time = seconds(name);
    return bytes != bytes_.end() && time ? std::optional(bytes->second / *time) : std::nullopt;
  }
  std::map<std::string, double> compile_times() const {
    std::map<std::string, double> times;
    for (const auto& [name, values] : cpu_ms_) {
      if (name.rfind("compile/jit", 0) == 0) {
        times[name] = median(values);
      }
    }
    return times;
  }

 private:
  std::map<std::string, std::vector<double>> per_element_;
  std::map<std::string, double> bytes_;
  std::map<std::string, std::vector<double>> cpu_ms_;
};

const std::vector<std::string> tasks = {"access", "increment",   "copy",   "reverse",
                                        "swap",   "permutation", "list-k", "list-search",
                                        "merge",  "walk-bst"};

class Table {
 public:
  Table() { fmt::print("| what | goal | measured | met |\n|---|---|---|---|\n"); }
  void add(const std::string& what, const std::string& goal, std::optional<bool> is_met,
           const std::string& measured) {
    fmt::print("| {} | {} | {} | {} |\n", what, goal, measured.empty() ? "not measured" : measured,
               !is_met   ? "?"
               : *is_met ? "yes"
                         : "**no**");
  }
  // Several values, all of which must reach the goal.
  void add_all(const std::string& what, double goal,
               const std::vector<std::pair<std::string, std::optional<double>>>& values) {
    std::string measured;
    bool is_met = true;
    bool complete = !values.empty();
    for (const auto& [name, value] : values) {
      complete = complete && value;
      if (value) {
        measured += fmt::format("{}{} {:.2f}", measured.empty() ? "" : ", ", name, *value);
        is_met = is_met && *value >= goal;
      }
    }
    add(what, fmt::format("≥ {}", goal), complete ? std::optional(is_met) : std::nullopt, measured);
  }
};

void print_goals(const Measurements& measured) {
  Table table;
  const auto by_hand = [&](const std::string& task, const std::string& who,
                           const std::string& size) {
    return std::pair(task, measured.ratio(task + "/hand/" + size, task + "/" + who + "/" + size));
  };
  std::vector<std::pair<std::string, std::optional<double>>> large;
  for (const std::string& task : tasks) {
    const bool chases = task.rfind("list", 0) == 0 || task == "walk-bst";
    large.push_back(by_hand(task, "jit", chases ? "1000000" : "10000000"));
  }
  table.add_all("by hand / jit, one thread, 10⁷ elements (lists and tree 10⁶)", 1, large);
  table.add_all("by hand / jit in the cache, 10⁴ elements", 2,
                {by_hand("increment", "jit", "10000"), by_hand("copy", "jit", "10000"),
                 by_hand("reverse", "jit", "10000")});

  double stream = 0;
  for (const std::string kernel : {"stream-copy", "stream-scale"}) {
    stream = std::max(stream, measured.bytes_a_second(kernel + "/2-threads/10000000").value_or(0));
  }
  for (const std::string task : {"increment", "copy", "reverse", "permutation"}) {
    const auto [name, ratio] = by_hand(task, "jit-2-threads", "10000000");
    const auto rate = measured.bytes_a_second(task + "/jit-2-threads/10000000");
    const double share = rate && stream != 0 ? *rate / stream : 0;
    std::string text;
    if (ratio) {
      text = fmt::format("{:.2f}", *ratio) + (rate ? fmt::format(", {:.0f} %", 100 * share) : "");
    }
    table.add(task + ", 2 threads, 10⁷ elements", "≥ 1.6, or ≥ 85 % of STREAM",
              ratio ? std::optional(*ratio >= 1.6 || share >= 0.85) : std::nullopt, text);
  }
  table.add_all("1,000 lists, one core", 10,
                {{"list-k", measured.ratio("1000-lists/hand", "1000-lists/jit")}});
  table.add_all(
      "1,000,000 rows of 32 cells, 2 threads", 3,
      {{"copy", measured.ratio("1000000-rows-of-32/hand", "1000000-rows-of-32/jit-2-threads")}});

  std::vector<std::pair<std::string, std::optional<double>>> lua;  // at the size where it does best
  for (const std::string& task : tasks) {
    std::optional<double> least;
    for (const std::string size : {"1000", "10000", "100000", "1000000", "10000000"}) {
      const auto ratio = measured.ratio(task + "/luajit/" + size, task + "/jit/" + size);
      least = ratio && (!least || *ratio < *least) ? ratio : least;
    }
    lua.emplace_back(task, least);
  }
  table.add_all("LuaJIT / jit, the worst size of each task", 1, lua);

  const auto times = measured.compile_times();
  const auto slowest = std::max_element(
      times.begin(), times.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  table.add("time to compile, every program", "< 50 ms",
            times.empty() ? std::nullopt : std::optional(slowest->second < 50),
            times.empty() ? ""
                          : fmt::format("{} programs, the slowest {:.0f} ms ({})", times.size(),
                                        slowest->second, slowest->first.substr(8)));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    Measurements measured;
    for (int i = 1; i < argc; ++i) {
      measured.add(argv[i]);
    }
    print_goals(measured);
  } catch (const std::exception& error) {
    std::cerr << "bench-goals: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
