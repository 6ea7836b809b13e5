// Writes the files that fuzzing starts from: make-corpus DIRECTORY, one directory a target. They
// are made, not kept, so that they are of the formats of today.

#include "../model-io/random_model.hpp"
#include "portfolio/resumed_search.hpp"
#include "quick_context.hpp"
#include "storage/checkpoint.hpp"

#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <support/hand_written.hpp>

#include <nram/model-io/array_file.hpp>
#include <nram/model-io/example_file.hpp>
#include <nram/model-io/model_file.hpp>
#include <nram/model-io/program_file.hpp>
#include <nram/trainer/builtin_tasks.hpp>

namespace nram::fuzz {
namespace {

namespace fs = std::filesystem;

class Corpus {
 public:
  explicit Corpus(fs::path root) : root_(std::move(root)) {}

  /// The next file of a target.
  void add(std::string_view target, std::string_view bytes) {
    const fs::path path = next(target);
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << bytes;
    file.close();
    if (!file) {
      throw std::runtime_error(path.string() + ": cannot write the file");
    }
  }

  [[nodiscard]] fs::path next(std::string_view target) {
    fs::create_directories(root_ / target);
    return root_ / target / std::to_string(files_++);
  }

 private:
  fs::path root_;
  unsigned files_ = 0;
};

void add_programs(Corpus& corpus) {
  for (const test::HandWritten& written : test::hand_written_programs()) {
    corpus.add("program", program_text(written.program));
  }
}

void add_models(Corpus& corpus) {
  std::mt19937_64 random(1);
  const Machine machine = Machine::standard(2, {"READ", "INC", "WRITE"});
  for (const ControllerShape& shape :
       {ControllerShape{}, ControllerShape{ControllerKind::feed_forward, {2}},
        ControllerShape{ControllerKind::feed_forward, {3, 2}, Activation::tanh},
        ControllerShape{ControllerKind::lstm, {2}}}) {
    corpus.add("model",
               model_bytes(test::random_model(machine, shape, 1.0F, random, {{"task", "copy"}})));
  }
}

void add_memories(Corpus& corpus) {
  for (const ElementType type : {ElementType::u8, ElementType::i16, ElementType::u32,
                                 ElementType::i64, ElementType::boolean}) {
    for (const std::vector<std::size_t>& shape : {std::vector<std::size_t>{6}, {2, 3}}) {
      std::string bytes = npy_header_bytes(type, shape);
      for (unsigned i = 0; i < 6 * element_bytes(type); ++i) {
        bytes += static_cast<char>(i % 2);
      }
      corpus.add("array", bytes);
    }
  }
  corpus.add("memory-text", "3 1 4 1 5 0\n2 7 18446744073709551615\n\n-9223372036854775808 4\n");
  corpus.add("memory-text",
             "\xEF\xBB\xBF"
             "5 7 8 9 0\r\n1\t2\r\n");
  corpus.add("csv", "3,1,4\n1,5,9\n2,6,5\n");
  corpus.add("csv", "a;b;c\n1;2;3\n\"4\";;6\n");
}

void add_examples(Corpus& corpus) {
  for (const BuiltinTask& task : builtin_tasks()) {
    Random random(7, 0);
    std::vector<Example> examples;
    for (std::size_t slack = 0; slack < 3; ++slack) {
      examples.push_back(task.draw({.n = 3, .slack = slack}, random));
    }
    corpus.add("examples", examples_text(examples));
  }
  corpus.add("examples",
             "{\"memory\":[2,-3,1,0],\"expected\":[2,null,2,0],\"registers\":[1],\"steps\":9}\n");
}

// A checkpoint of each attempt: one of all would cost a case the time of all.
void add_attempts(Corpus& corpus) {
  std::uint64_t number = 0;
  for (const SavedAttempt& saved : quick_attempts()) {
    corpus.add("attempt-values", std::string(1, static_cast<char>(number)) + "seed");
    corpus.add("attempt", std::string(saved.begin(), saved.end()));
    Checkpoint checkpoint;
    checkpoint.search = search_of(quick_context());
    checkpoint.slots.push_back({.clock = number, .price = 1, .attempt = saved});
    checkpoint.slots.push_back({.clock = number, .done = true});
    write_checkpoint(checkpoint, corpus.next("checkpoint"));
    ++number;
  }
}

}  // namespace
}  // namespace nram::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: make-corpus DIRECTORY\n", stderr);
    return 2;
  }
  try {
    nram::fuzz::Corpus corpus(argv[1]);
    nram::fuzz::add_programs(corpus);
    nram::fuzz::add_models(corpus);
    nram::fuzz::add_memories(corpus);
    nram::fuzz::add_examples(corpus);
    nram::fuzz::add_attempts(corpus);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make-corpus: %s\n", error.what());
    return 1;
  }
}
