#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <nram/model-io/model.hpp>

namespace nram {

/// Model files: safetensors with float32 tensors named and shaped as in tensor_shapes, and
/// everything else as texts in `__metadata__` (docs/formats.md). A model is always written as the
/// same bytes.

/// The largest header that is read.
inline constexpr std::size_t max_model_header_bytes = std::size_t{16} << 20U;
/// The largest model file that is read: the weights of the largest machine and controller there can
/// be, and a header.
inline constexpr std::uint64_t max_model_bytes = std::uint64_t{2} << 30U;

/// The model that a file's content describes; `name` (the file's) begins every message.
///
/// Nothing the content claims is believed before it is checked, in particular no memory is
/// allocated for sizes that the content does not have. Throws Error(data), naming the byte,
/// metadata key or tensor at fault: malformed header, keys missing or there twice, modules that are
/// not in `table`, sizes out of range, tensors that are missing, too many, of another type or
/// shape, overlapping, outside the data or not finite, and bytes that belong to no tensor. O(size).
Model parse_model(std::string_view bytes, const std::string& name,
                  const ModuleTable& table = ModuleTable::standard());

/// The content of the model's file. Throws Error(usage) if a key of the metadata is one that the
/// file uses for itself (format, version, registers, modules, controller, hidden, activation), and
/// Error(data) if the metadata is not UTF-8.
std::string model_bytes(const Model& model);

/// parse_model on a file (`-`: standard input). Throws Error(io) if it cannot be read.
Model read_model(const std::string& path, const ModuleTable& table = ModuleTable::standard());

/// Writes model_bytes to a file (`-`: standard output) that is replaced as a whole. Throws
/// Error(io).
void write_model(const Model& model, const std::string& path);

}  // namespace nram
