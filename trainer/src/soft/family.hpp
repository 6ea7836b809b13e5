// What mixing.hpp works on.

#pragma once

#include <cstddef>

namespace nram::soft {

/// The most outer rows of a family.
inline constexpr unsigned max_outer = 4;

/// A table of products between two families of rows: `outer` rows that share their inner rows.
/// Weight (o, k) is the row at weights[o] + offset[k], inner row k is values[k], M rows long.
///
/// It serves both directions of mixing: selectors (outer) over sources (inner), and, for the
/// gradient of sources, sources (outer) over the selectors that can choose them (inner).
template <typename T>
struct Family {
  unsigned outer;           ///< 1 to max_outer
  const T* const* weights;  ///< [outer]
  unsigned inner;
  const std::size_t* offset;  ///< [inner] in scalars
  const T* const* values;     ///< [inner]
};

}  // namespace nram::soft
