#pragma once

#include <span>
#include <string>

#include <nram/engine/memory.hpp>
#include <nram/engine/order.hpp>
#include <nram/model-io/memories.hpp>

namespace nram::cli {

/// What messages call an input file.
std::string name_of_input(const std::string& file);

/// Whether cells are numbers as a program compares them.
struct CellOrder {
  std::string program;  ///< its file
  std::string input;    ///< what messages call it
  Order order = Order::unsigned_numbers;
  bool compares = true;      ///< whether the program does, or may
  bool reinterpret = false;  ///< the command line says that bits are meant, not numbers

  /// Throws Error(data) unless they are, or bits are meant: no cell is negative if the program is
  /// unsigned; no unsigned cell is above the largest signed number if it is signed.
  void require(std::span<const MemoryView> memories, ElementType type) const;
};

}  // namespace nram::cli
