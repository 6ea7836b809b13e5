#pragma once

namespace nram::test {

/// Whether AddressSanitizer or ThreadSanitizer is built in. They make runs ten to thirty times
/// slower, so tests of many cases draw fewer then: what the results are is tested without them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

}  // namespace nram::test
