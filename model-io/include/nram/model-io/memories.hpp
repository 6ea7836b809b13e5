#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <nram/engine/memory.hpp>

namespace nram {

/// The integers a file of memories can hold.
enum class ElementType : std::uint8_t { u8, u16, u32, u64, i8, i16, i32, i64, boolean };

/// "uint8", "int64"...: numpy's name.
std::string_view name_of(ElementType type);

/// Bytes of one element in a file.
constexpr std::size_t element_bytes(ElementType type) {
  switch (type) {
    case ElementType::u8:
    case ElementType::i8:
    case ElementType::boolean:
      return 1;
    case ElementType::u16:
    case ElementType::i16:
      return 2;
    case ElementType::u32:
    case ElementType::i32:
      return 4;
    default:
      return 8;
  }
}

/// Whether such elements can be below 0.
constexpr bool is_signed(ElementType type) {
  return type == ElementType::i8 || type == ElementType::i16 || type == ElementType::i32 ||
         type == ElementType::i64;
}

/// The cells that hold such elements: 64 bits for 64-bit elements, 32 bits for all others. Signed
/// values are two's complement (-1 is the largest value of the cell, whatever the element's width).
constexpr CellType cell_type_of(ElementType type) {
  return element_bytes(type) == 8 ? CellType::u64 : CellType::u32;
}

/// The first cell whose highest bit is set: a negative number, as two's complement; nothing if
/// there is none. O(cells).
std::optional<std::size_t> first_negative(MemoryView memory);

/// Bytes of one cell in memory.
constexpr std::size_t cell_bytes(CellType type) { return type == CellType::u64 ? 8 : 4; }

/// One or more memories with cells of one type, owned, one after the other in a single block that
/// is aligned to 64 bytes. Remembers what the file they came from looked like.
///
/// Movable, not copyable: memories can be most of a computer's RAM.
class Memories {
 public:
  /// One memory, as in a 1-D array. The cells are not initialised. Throws Error(data) if there is
  /// not enough RAM (here and below).
  static Memories vector(ElementType type, std::size_t cells);
  /// `rows` memories of equal length, as in a 2-D array. The cells are not initialised.
  static Memories matrix(ElementType type, std::size_t rows, std::size_t cells);
  /// Memories of these lengths with 64-bit cells, as in a text; a single one is a vector. The cells
  /// are not initialised.
  static Memories ragged(std::span<const std::size_t> lengths);
  /// A copy of these values; `type` must be able to hold them. A single memory is a vector.
  static Memories of(std::span<const std::vector<Word>> values, ElementType type);

  /// The number of memories.
  [[nodiscard]] std::size_t size() const { return rows_; }
  /// The number of cells of memory `row`.
  [[nodiscard]] std::size_t cells(std::size_t row) const {
    return offsets_.empty() ? row_cells_ : offsets_[row + 1] - offsets_[row];
  }
  /// Whether all memories have equally many cells.
  [[nodiscard]] bool rectangular() const { return offsets_.empty(); }
  /// Whether this is one memory from a 1-D array or a single line.
  [[nodiscard]] bool one_dimensional() const { return one_dimensional_; }

  /// What the elements were in the file; narrow ones have been widened into 32-bit cells.
  [[nodiscard]] ElementType element_type() const { return type_; }
  [[nodiscard]] CellType cell_type() const { return cell_type_of(type_); }

  /// Says that cells which are no signed numbers of the cell's width, if there are any, are
  /// negative ones: elements become int64 or int32 then. O(cells).
  void take_as_signed();

  /// Memory `row`, for an executor to run on. O(1).
  [[nodiscard]] MemoryView row(std::size_t row);
  /// All memories. O(size()).
  [[nodiscard]] std::vector<MemoryView> rows();
  /// The value of a cell. Precondition: it exists.
  [[nodiscard]] Word value(std::size_t row, std::size_t cell) const;

  /// The same, as a signed number of the cell's width.
  [[nodiscard]] std::int64_t signed_value(std::size_t row, std::size_t cell) const {
    const Word value = this->value(row, cell);
    return cell_type() == CellType::u64 ? static_cast<std::int64_t>(value)
                                        : static_cast<std::int32_t>(value);
  }

  /// All cells of all memories, in order.
  [[nodiscard]] std::span<std::byte> bytes() { return {storage_.get(), bytes_}; }
  [[nodiscard]] std::span<const std::byte> bytes() const { return {storage_.get(), bytes_}; }

 private:
  struct Free {
    void operator()(std::byte* storage) const noexcept;
  };

  Memories(ElementType type, std::size_t total_cells);
  [[nodiscard]] std::size_t offset(std::size_t row) const {
    return offsets_.empty() ? row * row_cells_ : offsets_[row];
  }

  ElementType type_;
  bool one_dimensional_ = false;
  std::size_t rows_ = 1;
  std::size_t row_cells_ = 0;
  std::vector<std::size_t> offsets_{};  // rows + 1; empty if all rows have row_cells_ cells
  std::size_t bytes_ = 0;
  std::unique_ptr<std::byte[], Free> storage_;
};

}  // namespace nram
