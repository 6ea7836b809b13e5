#pragma once

// GCC says it by macros, Clang by features.
#if defined(__has_feature)
#define NRAM_HAS_FEATURE(name) __has_feature(name)
#else
#define NRAM_HAS_FEATURE(name) 0
#endif

namespace nram::test {

/// Whether AddressSanitizer or ThreadSanitizer is built in. They make runs ten to thirty times
/// slower, so tests of many cases draw fewer then: what the results are is tested without them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    NRAM_HAS_FEATURE(address_sanitizer) || NRAM_HAS_FEATURE(thread_sanitizer)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

}  // namespace nram::test

#undef NRAM_HAS_FEATURE
