# nram_add_test(NAME engine TARGET test-engine): registers a doctest program with ctest, file by file,
# so that ctest can run several at a time. By their test suites, `long` cases take minutes and run on
# request only; `parallel` ones exercise what runs in parallel and are all that a ThreadSanitizer
# build compiles and runs. Files named behind LEARNING get this label: they spend their time in
# training, which a build with AddressSanitizer tests without the command.
function(nram_add_test)
  cmake_parse_arguments(ARG "" "NAME;TARGET" "LEARNING" ${ARGN})
  get_target_property(sources ${ARG_TARGET} SOURCES)
  if(NRAM_SANITIZE MATCHES thread)
    nram_keep_parallel_tests(sources ${sources})
    set_target_properties(${ARG_TARGET} PROPERTIES SOURCES "${sources}")
  endif()

  nram_compile_together(${ARG_TARGET})
  # Optimising tests takes longer than they gain by it: what is tested is optimised. Sanitizers are
  # for that as well; optimising what they add to the tests doubles the time of compiling these.
  if(NRAM_SANITIZE)
    target_compile_options(${ARG_TARGET} PRIVATE -O0)
  else()
    target_compile_options(${ARG_TARGET} PRIVATE -O1)
  endif()

  set(run ${ARG_TARGET} --no-intro)
  foreach(source IN LISTS sources)
    if(source MATCHES "([^/]+)_test\\.cpp$")
      set(test ${ARG_NAME}.${CMAKE_MATCH_1})
      add_test(NAME ${test} COMMAND ${run} --source-file=*/${source} --test-suite-exclude=long,parallel)
      set_tests_properties(${test} PROPERTIES TIMEOUT 900)
      if(CMAKE_MATCH_1 IN_LIST ARG_LEARNING)
        set_tests_properties(${test} PROPERTIES LABELS learning)
      endif()
    endif()
  endforeach()
  add_test(NAME ${ARG_NAME}-parallel COMMAND ${run} --test-suite=parallel)
  set_tests_properties(${ARG_NAME}-parallel PROPERTIES LABELS parallel TIMEOUT 900 PROCESSORS 2)
  add_test(NAME ${ARG_NAME}-long COMMAND ${run} --test-suite=long)
  set_tests_properties(${ARG_NAME}-long PROPERTIES LABELS long TIMEOUT 3600)
endfunction()

# Leaves out the test files without a case of the suite `parallel`.
function(nram_keep_parallel_tests result)
  set(kept)
  foreach(source IN LISTS ARGN)
    if(source MATCHES "_test\\.cpp$")
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
      file(STRINGS ${source} cases REGEX "test_suite\\(\"parallel\"\\)")
      if(NOT cases)
        continue()
      endif()
    endif()
    list(APPEND kept ${source})
  endforeach()
  set(${result} ${kept} PARENT_SCOPE)
endfunction()
