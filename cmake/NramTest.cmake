# nram_add_test(NAME engine TARGET test-engine): registers a doctest program with ctest, by its test
# suites: `long` cases take minutes and run on request only; `parallel` ones exercise what runs in
# parallel and are all that a ThreadSanitizer build runs.
function(nram_add_test)
  cmake_parse_arguments(ARG "" "NAME;TARGET" "" ${ARGN})
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_TARGET} --no-intro --test-suite-exclude=long,parallel)
  add_test(NAME ${ARG_NAME}-parallel COMMAND ${ARG_TARGET} --no-intro --test-suite=parallel)
  add_test(NAME ${ARG_NAME}-long COMMAND ${ARG_TARGET} --no-intro --test-suite=long)
  set_tests_properties(${ARG_NAME} ${ARG_NAME}-parallel PROPERTIES TIMEOUT 900)
  set_tests_properties(${ARG_NAME}-parallel PROPERTIES LABELS parallel)
  set_tests_properties(${ARG_NAME}-long PROPERTIES LABELS long TIMEOUT 3600)
endfunction()
