// Targets without libFuzzer: the files of a corpus, then files made of these by chance.

#include "case_file.hpp"
#include "mutation.hpp"
#include "target.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace nram::fuzz {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct CommandLine {
  std::string target;
  std::vector<std::string> corpus;
  std::uint64_t cases = 10'000;
  std::uint64_t seed = 1;
  std::string input = "fuzz-finding";  ///< where the bytes of the case under way are
};

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file) {
    throw std::runtime_error(path.string() + ": cannot read the file");
  }
  return bytes;
}

std::vector<std::string> read_all(const std::vector<std::string>& paths) {
  std::vector<fs::path> found;
  for (const fs::path path : paths) {
    if (fs::is_directory(path)) {
      std::copy(fs::directory_iterator(path), {}, std::back_inserter(found));
    } else {
      found.push_back(path);
    }
  }
  std::sort(found.begin(), found.end());  // the order of a directory is anybody's
  std::vector<std::string> files(found.size());
  std::transform(found.begin(), found.end(), files.begin(), read);
  return files;
}

void run_case(const CaseFile& file, const Target& target, const std::string& bytes) {
  constexpr std::chrono::seconds longest(10);  // with sanitizers, on a busy computer
  file.hold(bytes);
  const auto start = Clock::now();
  target.run(bytes);
  require(Clock::now() - start < longest, "it takes longer than 10 s");
}

int fuzz(const CommandLine& line) {
  const Target& target = find_target(line.target);
  const std::vector<std::string> files = read_all(line.corpus);
  if (files.empty()) {
    throw std::runtime_error("the corpus is empty");
  }
  const CaseFile file(line.input);
  std::mt19937_64 random(line.seed);
  std::uint64_t done = 0;
  try {
    for (; done < files.size(); ++done) {
      run_case(file, target, files[done]);
    }
    for (; done < files.size() + line.cases; ++done) {
      run_case(file, target, mutated(files, random));
    }
  } catch (const std::exception& finding) {
    fmt::print(stderr, "case {}: {}\nits bytes are in {}\n", done, finding.what(), line.input);
    return 1;
  }
  file.remove();
  fmt::print("{}: {} cases, no finding\n", target.name, done);
  return 0;
}

}  // namespace
}  // namespace nram::fuzz

int main(int argc, char** argv) {
  using nram::fuzz::CommandLine;
  CLI::App app("Gives readers of files what strangers might: files of a corpus, and damaged ones");
  CommandLine line;
  std::string names;
  for (const nram::fuzz::Target& target : nram::fuzz::targets()) {
    names += fmt::format("\n  {:<12} {}", target.name, target.reads);
  }
  app.footer("Targets:" + names);
  app.add_option("--target", line.target, "What reads")->required();
  app.add_option("corpus", line.corpus, "Files, or directories of files")->required();
  app.add_option("--cases", line.cases, "Damaged files, besides those of the corpus")
      ->capture_default_str();
  app.add_option("--seed", line.seed, "Of what is damaged how")->capture_default_str();
  app.add_option("--input", line.input, "The file for the bytes of the case under way")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    return nram::fuzz::fuzz(line);
  } catch (const std::exception& error) {
    fmt::print(stderr, "fuzz: {}\n", error.what());
    return 2;
  }
}
