#pragma once

// What an engineer would write for each task, as plain loops over 64-bit cells: the peers that
// learned programs are measured against. They take the memory layouts of the manual and, like the
// programs, find the ends of arrays and lists by themselves.

#include <cstdint>

namespace nram::bench {

using HandLoop = void (*)(std::uint64_t* memory);

void hand_access(std::uint64_t* memory);
void hand_increment(std::uint64_t* memory);
void hand_copy(std::uint64_t* memory);
void hand_reverse(std::uint64_t* memory);
void hand_swap(std::uint64_t* memory);
void hand_permutation(std::uint64_t* memory);
void hand_list_k(std::uint64_t* memory);
void hand_list_search(std::uint64_t* memory);
void hand_merge(std::uint64_t* memory);
void hand_walk_bst(std::uint64_t* memory);

// The tasks of samples/tasks that are reductions: the sum or the largest of the cells from 1 on, up
// to a zero, goes to cell 0; every cell from 0 on becomes the sum of those up to it.
void hand_sum(std::uint64_t* memory);
void hand_maximum(std::uint64_t* memory);
void hand_prefix_sums(std::uint64_t* memory);

}  // namespace nram::bench
