// The differential campaign: draws programs, memories and ways to run them for as long as it is
// told, and compares every executor with the reference.

#include "compare.hpp"
#include "report.hpp"
#include "shrink.hpp"
#include "trial.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/engine/executor.hpp>
#include <nram/model-io/program_file.hpp>

namespace nram::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view usage =
    "usage: campaign [--seed S] [--cases N] [--seconds T] [--trial N] [--programs DIRECTORY]\n"
    "Compares all executors with the reference, until N cases (a program, a memory, a way to run "
    "it)\nare done or T seconds are over (default: 30 seconds), and stops at the first that "
    "differs.\n--trial N looks at trial N of the seed alone. Exit codes: 0 all agree; 1 a finding; "
    "2 usage.\n";

struct Options {
  std::uint64_t seed = 1;
  std::uint64_t cases = 0;    // 0: no limit
  std::uint64_t seconds = 0;  // ditto
  std::optional<std::uint64_t> trial;
  std::string programs = NRAM_LEARNED_PROGRAMS;
};

std::uint64_t number(std::string_view name, std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) {
    throw Error(ErrorKind::usage, fmt::format("{} takes a number, not \"{}\"", name, text));
  }
  return value;
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view name = argv[i];
    if (i + 1 == argc) {
      throw Error(ErrorKind::usage, fmt::format("{} needs a value", name));
    }
    const std::string_view value = argv[i + 1];
    if (name == "--seed") {
      options.seed = number(name, value);
    } else if (name == "--cases") {
      options.cases = number(name, value);
    } else if (name == "--seconds") {
      options.seconds = number(name, value);
    } else if (name == "--trial") {
      options.trial = number(name, value);
    } else if (name == "--programs") {
      options.programs = value;
    } else {
      throw Error(ErrorKind::usage, fmt::format("there is no option {}", name));
    }
  }
  if (options.cases == 0 && options.seconds == 0) {
    options.seconds = 30;
  }
  return options;
}

std::vector<Program> learned_programs(const std::string& directory) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".json") {
      files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());  // equal seeds, equal trials
  std::vector<Program> programs;
  for (const std::string& file : files) {
    programs.push_back(read_program(file));
  }
  return programs;
}

Trial trial_of(const std::vector<Program>& learned, std::uint64_t seed, std::uint64_t number) {
  std::seed_seq sequence{seed, seed >> 32U, number, number >> 32U};
  std::mt19937_64 random(sequence);
  return draw_trial(learned, random);
}

void report(const Trial& trial, const Finding& first) {
  constexpr std::chrono::seconds time_to_shrink(60);
  const Trial small = shrunk(
      trial, [](const Trial& one) { return compare_executors(one).has_value(); }, time_to_shrink);
  const std::optional<Finding> finding = compare_executors(small);
  // One that comes and goes is a finding, too: of threads.
  fmt::print("{}", finding ? describe(small, *finding) : describe(trial, first));
}

bool run(const Options& options) {
  const std::vector<Program> learned = learned_programs(options.programs);
  const auto start = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  std::uint64_t cases = 0;
  double next_line = 10;
  for (std::uint64_t t = options.trial.value_or(0);; ++t) {
    const Trial trial = trial_of(learned, options.seed, t);
    const std::optional<Finding> finding = compare_executors(trial);
    cases += trial.memories.size();
    if (finding) {
      fmt::print("trial {} of seed {}, {} cases, {:.1f} s: ", t, options.seed, cases, seconds());
      std::fflush(stdout);
      report(trial, *finding);
      return false;
    }
    const bool enough = options.trial || (options.cases != 0 && cases >= options.cases) ||
                        (options.seconds != 0 && seconds() >= static_cast<double>(options.seconds));
    if (enough) {
      fmt::print("{} cases ({} programs) in {:.1f} s, seed {}: all executors agree{}\n", cases,
                 options.trial ? 1 : t + 1, seconds(), options.seed,
                 jit_available() ? "" : " (without native code, which is not built)");
      return true;
    }
    if (seconds() >= next_line) {
      fmt::print(stderr, "{} cases, {:.0f} s\n", cases, seconds());
      next_line += 10;
    }
  }
}

}  // namespace
}  // namespace nram::test

int main(int argc, char** argv) {
  try {
    const nram::test::Options options = nram::test::parse(argc, argv);
    return nram::test::run(options) ? 0 : 1;
  } catch (const nram::Error& error) {
    fmt::print(stderr, "campaign: {}\n{}", error.what(), nram::test::usage);
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "campaign: {}\n", error.what());
    return 2;
  }
}
