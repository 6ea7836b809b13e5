#include "evidence/shrink.hpp"

#include <utility>

namespace nram {
namespace {

class Shrinking {
 public:
  Shrinking(std::vector<Word> memory, const std::function<bool(const std::vector<Word>&)>& fails,
            std::size_t most_tries)
      : memory_(std::move(memory)), fails_(fails), tries_left_(most_tries) {}

  std::vector<Word> run() {
    do {
      changed_ = false;
      for (std::size_t count = memory_.size(); count > 0; count /= 2) {
        take_out(count);
      }
      for (std::size_t cell = 0; cell < memory_.size(); ++cell) {
        lower(cell);
      }
    } while (changed_ && tries_left_ > 0);
    return std::move(memory_);
  }

 private:
  bool attempt(std::vector<Word> smaller) {
    if (tries_left_ == 0) {
      return false;
    }
    --tries_left_;
    if (smaller.empty() || !fails_(smaller)) {
      return false;
    }
    memory_ = std::move(smaller);
    changed_ = true;
    return true;
  }

  // Parts of `count` cells, from the end on.
  void take_out(std::size_t count) {
    for (std::size_t end = memory_.size(); end >= count && tries_left_ > 0;) {
      std::vector<Word> smaller = memory_;
      const auto last = smaller.begin() + static_cast<std::ptrdiff_t>(end);
      smaller.erase(last - static_cast<std::ptrdiff_t>(count), last);
      end -= attempt(std::move(smaller)) ? count : 1;
      end = end > memory_.size() ? memory_.size() : end;
    }
  }

  void lower(std::size_t cell) {
    const auto with = [&](Word value) {
      std::vector<Word> smaller = memory_;
      smaller[cell] = value;
      return smaller;
    };
    if (memory_[cell] == 0 || attempt(with(0))) {
      return;
    }
    while (memory_[cell] > 1 && attempt(with(memory_[cell] / 2))) {
    }
    while (memory_[cell] > 0 && attempt(with(memory_[cell] - 1))) {
    }
  }

  std::vector<Word> memory_;
  const std::function<bool(const std::vector<Word>&)>& fails_;
  std::size_t tries_left_;
  bool changed_ = false;
};

}  // namespace

std::vector<Word> shrunk(std::vector<Word> memory,
                         const std::function<bool(const std::vector<Word>&)>& fails,
                         std::size_t most_tries) {
  return Shrinking(std::move(memory), fails, most_tries).run();
}

}  // namespace nram
