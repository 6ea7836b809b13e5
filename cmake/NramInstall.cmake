# `cmake --install`: libraries, headers under include/nram/, the command with its manual pages and
# completion scripts, a config package.

include(CMakePackageConfigHelpers)

set(nram_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/nram)

install(TARGETS nram-engine nram-model-io nram-trainer EXPORT nramTargets)
foreach(part IN ITEMS engine model-io trainer)
  install(DIRECTORY ${part}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endforeach()
if(NRAM_BUILD_CLI)
  install(TARGETS nram-cli RUNTIME)
  get_target_property(pages nram-cli NRAM_PAGES)
  get_target_property(completion nram-cli NRAM_COMPLETION)
  if(pages) # not where the command cannot run here
    install(DIRECTORY ${pages}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
    install(FILES ${completion}/nram DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    install(FILES ${completion}/_nram DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
    install(FILES ${completion}/nram.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
  endif()
endif()
install(EXPORT nramTargets NAMESPACE nram:: DESTINATION ${nram_cmake_dir})

configure_package_config_file(cmake/nramConfig.cmake.in nramConfig.cmake
                              INSTALL_DESTINATION ${nram_cmake_dir})
write_basic_package_version_file(nramConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/nramConfig.cmake ${PROJECT_BINARY_DIR}/nramConfigVersion.cmake
        DESTINATION ${nram_cmake_dir})
