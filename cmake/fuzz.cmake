# tests/fuzz/<name>.cpp -> build/fuzz/fuzz_<name>, run by ./dev fuzz with tests/fuzz/seeds/<name> as seeds.
file(GLOB targets CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/fuzz/*.cpp)
foreach(source ${targets})
  get_filename_component(stem ${source} NAME_WE)
  add_executable(fuzz_${stem} ${source})
  target_link_libraries(fuzz_${stem} PRIVATE clawback_evidence clawback_approval clawback_policy)
  target_link_options(fuzz_${stem} PRIVATE -fsanitize=fuzzer)
endforeach()
