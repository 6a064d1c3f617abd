# The model test of remediation, for the test `chaos` and for bench/chaos.
add_library(clawback_chaos STATIC
  ${CMAKE_SOURCE_DIR}/tests/chaos/child.cpp
  ${CMAKE_SOURCE_DIR}/tests/chaos/meddle.cpp
  ${CMAKE_SOURCE_DIR}/tests/chaos/model.cpp
  ${CMAKE_SOURCE_DIR}/tests/chaos/play.cpp
  ${CMAKE_SOURCE_DIR}/tests/chaos/run.cpp
  ${CMAKE_SOURCE_DIR}/tests/chaos/state.cpp
  ${CMAKE_SOURCE_DIR}/tests/chaos/steps.cpp
  ${CMAKE_SOURCE_DIR}/tests/chaos/story.cpp
  ${CMAKE_SOURCE_DIR}/tests/chaos/watch.cpp)
target_link_libraries(clawback_chaos PUBLIC clawback_options clawback_lab clawback_journal clawback_approval)
target_include_directories(clawback_chaos PUBLIC ${CMAKE_SOURCE_DIR}/tests)
target_compile_definitions(clawback_chaos PUBLIC CLAWBACK_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
  CLAWBACK_BINARY="$<TARGET_FILE:clawback>")
