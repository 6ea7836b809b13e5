// A learned program inside a C++ program. First turn the program into an object file and a header:
//
//   nram export copy.json --to object -o copy.o
//   g++ -O2 copy_array.cpp copy.o -o copy_array
//
// The program is for the task `copy`: cell 0 holds the target, the array follows, then 0.

#include "copy.h"

#include <cinttypes>
#include <cstdio>
#include <vector>

int main() {
  constexpr std::uint64_t elements = 1000;
  std::vector<std::uint64_t> cells(2 * elements + 2, 0);
  cells[0] = elements + 2;
  for (std::uint64_t i = 1; i <= elements; ++i) {
    cells[i] = i * i;
  }

  nram_run run;
  const nram_outcome outcome = copy(cells.data(), cells.size(), 64 * cells.size(), &run);
  if (outcome == NRAM_ADDRESS_FAULT) {
    std::printf("step %" PRIu64 ": there is no cell %" PRIu64 "\n", run.steps + 1,
                run.fault_address);
  }
  std::uint64_t wrong = outcome == NRAM_FINISHED ? 0 : 1;
  for (std::uint64_t i = 1; i <= elements; ++i) {
    wrong += cells[elements + 1 + i] != i * i ? 1 : 0;
  }
  std::printf("%" PRIu64 " steps, %" PRIu64 " wrong\n", run.steps, wrong);
  return wrong == 0 ? 0 : 1;
}
