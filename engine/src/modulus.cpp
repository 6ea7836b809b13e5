#include <nram/engine/error.hpp>
#include <nram/engine/modulus.hpp>

namespace nram {

Modulus Modulus::of(Word value) {
  if (value == 0) {
    throw Error(ErrorKind::usage, "the modulus must be at least 1");
  }
  return Modulus(value);
}

std::string Modulus::to_string() const {
  if (value_ == 0) {
    return "2^64";
  }
  return *this == word32() ? "2^32" : std::to_string(value_);
}

}  // namespace nram
