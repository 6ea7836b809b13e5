#pragma once

#include <string>

#include <doctest/doctest.h>

#include <nram/engine/error.hpp>

namespace nram::test {

/// The message of the Error of this kind that `action` must throw.
template <typename Action>
std::string message_of(ErrorKind kind, Action action) {
  try {
    action();
  } catch (const Error& error) {
    CHECK(error.kind() == kind);
    return error.what();
  }
  FAIL_CHECK("no Error was thrown");
  return {};
}

/// Whether `text` holds every one of the parts.
template <typename... Part>
bool mentions(const std::string& text, const Part&... parts) {
  return ((text.find(parts) != std::string::npos) && ...);
}

}  // namespace nram::test
