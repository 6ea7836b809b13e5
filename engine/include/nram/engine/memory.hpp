#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <nram/engine/modulus.hpp>

namespace nram {

/// The width of a memory's cells.
enum class CellType : std::uint8_t { u32, u64 };

/// The natural modulus of a cell type: 2^32 or 2^64.
constexpr Modulus word_modulus(CellType type) {
  return type == CellType::u32 ? Modulus::word32() : Modulus::word64();
}

/// N cells that somebody else owns: what executors run on. READ and WRITE are O(1).
class MemoryView {
 public:
  explicit MemoryView(std::span<std::uint32_t> cells) : cells_(cells) {}
  explicit MemoryView(std::span<std::uint64_t> cells) : cells_(cells) {}

  [[nodiscard]] CellType type() const {
    return cells_.index() == 0 ? CellType::u32 : CellType::u64;
  }
  [[nodiscard]] std::size_t size() const {
    return std::visit([](auto cells) { return cells.size(); }, cells_);
  }
  /// Precondition: address < size().
  [[nodiscard]] Word load(std::size_t address) const {
    return std::visit([&](auto cells) { return Word{cells[address]}; }, cells_);
  }
  /// Precondition: address < size() and the value fits the cell type.
  void store(std::size_t address, Word value) const {
    std::visit(
        [&](auto cells) {
          cells[address] = static_cast<typename decltype(cells)::value_type>(value);
        },
        cells_);
  }
  /// The cells with their type: std::span<std::uint32_t> or std::span<std::uint64_t>.
  [[nodiscard]] const auto& cells() const { return cells_; }

 private:
  std::variant<std::span<std::uint32_t>, std::span<std::uint64_t>> cells_;
};

/// Memories of equal size, one behind the other: the rows of a matrix that somebody else owns.
class MemoryRows {
 public:
  /// Throws Error(usage) unless all cells belong to a row of `cells_per_row` ≥ 1.
  MemoryRows(std::span<std::uint32_t> cells, std::size_t cells_per_row);
  MemoryRows(std::span<std::uint64_t> cells, std::size_t cells_per_row);

  /// The number of rows.
  [[nodiscard]] std::size_t size() const { return rows_; }
  [[nodiscard]] std::size_t cells_per_row() const { return cells_per_row_; }
  [[nodiscard]] CellType type() const { return cells_.type(); }
  /// Precondition: row < size().
  [[nodiscard]] MemoryView operator[](std::size_t row) const {
    return std::visit(
        [&](auto cells) { return MemoryView(cells.subspan(row * cells_per_row_, cells_per_row_)); },
        cells_.cells());
  }

 private:
  MemoryView cells_;
  std::size_t cells_per_row_;
  std::size_t rows_;
};

/// Throws Error(data) naming the first cell whose value is not below the modulus.
void require_values_below(MemoryView memory, Modulus modulus, const std::string& what);

/// A region of a file mapped into memory, for arrays that need not (or do not) fit into RAM.
/// Writable mappings change the file. If it is truncated meanwhile, access raises SIGBUS.
class MappedRegion {
 public:
  enum class Access { read_only, read_write };

  /// Maps `bytes` bytes from `offset` on (any alignment). Throws Error(io) if the file cannot be
  /// opened, is shorter, cannot be mapped or, for writing, has holes that its disk cannot fill.
  MappedRegion(const std::string& path, std::size_t offset, std::size_t bytes, Access access);
  ~MappedRegion();
  MappedRegion(MappedRegion&& other) noexcept;
  MappedRegion& operator=(MappedRegion&& other) noexcept;
  MappedRegion(const MappedRegion&) = delete;
  MappedRegion& operator=(const MappedRegion&) = delete;

  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Waits until changes have reached the file; throws Error(io) if that fails.
  void flush();

 private:
  void* base_ = nullptr;
  std::size_t mapped_ = 0;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace nram
