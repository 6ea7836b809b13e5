#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nram/model-io/memories.hpp>

namespace nram {

/// Memories as numpy's `.npy` files (docs/formats.md): 1-D is one memory, 2-D one memory a row, in
/// integers of 8 to 64 bits, signed or unsigned, or bool; either byte order, C or Fortran order.
/// What is not as nram keeps it is converted while it is read, in pieces.

/// The longest header that is read.
inline constexpr std::size_t max_npy_header_bytes = std::size_t{1} << 20U;

/// What the header of a `.npy` file says.
struct NpyHeader {
  ElementType type = ElementType::u64;
  std::vector<std::size_t> shape;  ///< one or two extents, none of them 0
  std::size_t data_offset = 0;     ///< where the elements begin in the file
  bool big_endian = false;         ///< the bytes of an element, the highest first
  bool fortran_order = false;      ///< of two extents: column by column

  [[nodiscard]] bool one_dimensional() const { return shape.size() == 1; }
  [[nodiscard]] std::size_t rows() const { return one_dimensional() ? 1 : shape[0]; }
  [[nodiscard]] std::size_t cells() const { return shape.back(); }
  [[nodiscard]] std::size_t data_bytes() const { return rows() * cells() * element_bytes(type); }
};

/// Reads the header from the beginning of a file's content, which may hold more behind it; versions
/// 1.0, 2.0 and 3.0. `name` begins every message. Throws Error(data), naming the byte, for anything
/// that is not such a header or not an array as above (objects, floats, structures, other
/// dimensions, no elements, more elements than 64 bits can address).
NpyHeader parse_npy_header(std::string_view bytes, const std::string& name);

/// The header of a file; also checks that the file is exactly as long as the header says. Throws
/// Error(io) and Error(data).
NpyHeader read_npy_header(const std::string& path);

/// The header that numpy writes for such an array: version 1.0, padded to a multiple of 64 bytes.
std::string npy_header_bytes(ElementType type, const std::vector<std::size_t>& shape);

/// Reads an array (`-`: standard input) straight into its memory: beyond the array, only some
/// kilobytes are needed. Throws Error(io) if the file cannot be read; Error(data) as
/// parse_npy_header, or if the data is shorter or longer than the header says.
Memories read_npy(const std::string& path);

/// The type that write_npy will use: the memories' own element type, but uint32 or int32 if that is
/// narrower and a value has outgrown it. O(cells).
ElementType npy_type_for(const Memories& memories);

/// Writes an array (`-`: standard output) straight from its memory, as the same bytes that numpy
/// would write, to a file that is replaced as a whole. Returns the type of the elements written,
/// see npy_type_for. Throws Error(io); Error(usage) if the memories have different lengths.
ElementType write_npy(const Memories& memories, const std::string& path);

/// A `.npy` file that is run on where it is: a mapping of its data, changes go to the file.
class MappedMemory {
 public:
  MappedMemory(NpyHeader header, MappedRegion region)
      : header_(std::move(header)), region_(std::move(region)) {}

  [[nodiscard]] const NpyHeader& header() const { return header_; }
  /// All memories; valid as long as this object. Storing to a read-only mapping ends the process.
  [[nodiscard]] std::vector<MemoryView> rows() const;
  /// Waits until changes have reached the file. Throws Error(io).
  void flush() { region_.flush(); }

 private:
  NpyHeader header_;
  MappedRegion region_;
};

/// Maps a file's array. Throws Error(io) if it cannot be opened or mapped; Error(data) as read_npy,
/// or if its elements are not cells as they lie in the file: narrower, big-endian, column by column
/// or not aligned. The message says how to convert it.
MappedMemory open_mapped(const std::string& path,
                         MappedRegion::Access access = MappedRegion::Access::read_write);

}  // namespace nram
