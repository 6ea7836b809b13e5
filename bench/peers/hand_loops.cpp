#include "hand_loops.hpp"

#include <utility>

namespace nram::bench {

void hand_access(std::uint64_t* memory) { memory[0] = memory[memory[0] + 1]; }

void hand_increment(std::uint64_t* memory) {
  for (; *memory != 0; ++memory) {
    ++*memory;
  }
}

void hand_copy(std::uint64_t* memory) {
  std::uint64_t* to = memory + memory[0];
  for (const std::uint64_t* from = memory + 1; *from != 0; ++from) {
    *to++ = *from;
  }
}

void hand_reverse(std::uint64_t* memory) {
  std::uint64_t* to = memory + memory[0];
  const std::uint64_t* from = memory + 1;
  while (*from != 0) {
    ++from;
  }
  while (--from != memory) {
    *to++ = *from;
  }
}

void hand_swap(std::uint64_t* memory) { std::swap(memory[memory[0]], memory[memory[1]]); }

void hand_permutation(std::uint64_t* memory) {
  const std::uint64_t* const values = memory + memory[0];
  for (std::uint64_t* p = memory + 1; p != values; ++p) {
    *p = values[*p];
  }
}

void hand_list_k(std::uint64_t* memory) {
  std::uint64_t node = memory[0];
  for (std::uint64_t k = memory[1]; k != 1; --k) {
    node = memory[node];
  }
  memory[memory[2]] = memory[node + 1];
}

void hand_list_search(std::uint64_t* memory) {
  std::uint64_t node = memory[0];
  while (memory[node + 1] != memory[1]) {
    node = memory[node];
  }
  memory[memory[2]] = node;
}

void hand_merge(std::uint64_t* memory) {
  const std::uint64_t* a = memory + memory[0];
  const std::uint64_t* b = memory + memory[1];
  std::uint64_t* to = memory + memory[2];
  while (*a != 0 && *b != 0) {
    *to++ = *a <= *b ? *a++ : *b++;
  }
  while (*a != 0) {
    *to++ = *a++;
  }
  while (*b != 0) {
    *to++ = *b++;
  }
}

void hand_walk_bst(std::uint64_t* memory) {
  std::uint64_t node = memory[0];
  for (const std::uint64_t* direction = memory + 2; *direction != 0; ++direction) {
    node = memory[node + *direction];
  }
  memory[memory[1]] = memory[node];
}

void hand_sum(std::uint64_t* memory) {
  std::uint64_t sum = 0;
  for (const std::uint64_t* p = memory + 1; *p != 0; ++p) {
    sum += *p;
  }
  memory[0] = sum;
}

void hand_maximum(std::uint64_t* memory) {
  std::uint64_t largest = 0;
  for (const std::uint64_t* p = memory + 1; *p != 0; ++p) {
    largest = *p > largest ? *p : largest;
  }
  memory[0] = largest;
}

void hand_prefix_sums(std::uint64_t* memory) {
  std::uint64_t sum = 0;
  for (std::uint64_t* p = memory; *p != 0; ++p) {
    sum += *p;
    *p = sum;
  }
}

}  // namespace nram::bench
