#include "learned.hpp"

#include <algorithm>
#include <filesystem>

#include <nram/model-io/program_file.hpp>

namespace nram::bench {

const std::vector<Learned>& learned_programs() {
  static const std::vector<Learned> programs = [] {
    std::vector<Learned> found;
    for (const auto& entry : std::filesystem::directory_iterator(NRAM_SAMPLE_PROGRAMS)) {
      if (entry.path().extension() == ".json") {
        found.push_back({entry.path().stem().string(), read_program(entry.path().string())});
      }
    }
    std::sort(found.begin(), found.end(),
              [](const Learned& a, const Learned& b) { return a.name < b.name; });
    return found;
  }();
  return programs;
}

const Program* learned_program(const std::string& name) {
  const auto& all = learned_programs();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Learned& learned) { return learned.name == name; });
  return found == all.end() ? nullptr : &found->program;
}

}  // namespace nram::bench
