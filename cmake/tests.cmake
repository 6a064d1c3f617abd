find_package(doctest REQUIRED)
add_library(clawback_test_main STATIC ${CMAKE_SOURCE_DIR}/tests/support/main.cpp)
target_link_libraries(clawback_test_main PUBLIC clawback_options doctest::doctest)
target_include_directories(clawback_test_main PUBLIC ${CMAKE_SOURCE_DIR}/tests)
target_compile_definitions(clawback_test_main PUBLIC
  CLAWBACK_SOURCE_DIR="${CMAKE_SOURCE_DIR}")

function(clawback_test name)
  cmake_parse_arguments(ARG "PURE" "" "SOURCES;MODULES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE clawback_test_main)
  foreach(module ${ARG_MODULES})
    target_link_libraries(${name} PRIVATE clawback_${module})
  endforeach()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
  if(ARG_PURE)
    set_tests_properties(${name} PROPERTIES LABELS pure)
  endif()
endfunction()

get_property(modules GLOBAL PROPERTY CLAWBACK_MODULES)
foreach(module ${modules})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/${module}/*.cpp)
  if(sources)
    get_property(pure GLOBAL PROPERTY CLAWBACK_PURE_${module})
    get_property(more GLOBAL PROPERTY CLAWBACK_TEST_DEPENDS_${module})
    set(flag)
    if(pure)
      set(flag PURE)
    endif()
    clawback_test(unit_${module} ${flag} SOURCES ${sources} MODULES ${module} ${more})
  endif()
endforeach()

file(GLOB contract_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/contract/*.cpp)
if(contract_sources)
  clawback_test(contract SOURCES ${contract_sources} MODULES graph lab evidence)
endif()

clawback_test(corpus_quality SOURCES ${CMAKE_SOURCE_DIR}/tests/corpus/quality_test.cpp MODULES corpus)

# 100 seeds; bench/chaos plays more.
add_executable(chaos ${CMAKE_SOURCE_DIR}/tests/chaos/chaos_test.cpp)
target_link_libraries(chaos PRIVATE clawback_chaos)
add_dependencies(chaos clawback)
add_test(NAME chaos COMMAND chaos)
set_tests_properties(chaos PROPERTIES TIMEOUT 600)

# Slow and broken clients of the console, for five seconds; bench/serve bears them for a minute.
add_executable(slow_clients ${CMAKE_SOURCE_DIR}/bench/serve.cpp)
target_include_directories(slow_clients PRIVATE ${CMAKE_SOURCE_DIR}/tests)
target_link_libraries(slow_clients PRIVATE clawback_http)
add_dependencies(slow_clients clawback)
add_test(NAME slow_clients COMMAND slow_clients 5)
# It measures how long somebody waits, so nothing else runs beside it.
set_tests_properties(slow_clients PROPERTIES TIMEOUT 120 RUN_SERIAL TRUE ENVIRONMENT CLAWBACK=$<TARGET_FILE:clawback>)

find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME corpus_files COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/tests/corpus/make.py --check)
set_tests_properties(corpus_files PROPERTIES LABELS pure)
add_test(NAME layers COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/check_layers.py)
add_test(NAME guards COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/check_guards.py)
set_tests_properties(layers guards PROPERTIES LABELS pure)
file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/cli/test_*.py
  ${CMAKE_SOURCE_DIR}/tests/crash/test_*.py)
foreach(script ${scripts})
  get_filename_component(stem ${script} NAME_WE)
  string(REPLACE "test_" "e2e_" test_name ${stem})
  add_test(NAME ${test_name} COMMAND ${Python3_EXECUTABLE} ${script})
  set_tests_properties(${test_name} PROPERTIES TIMEOUT 600
    ENVIRONMENT "CLAWBACK=$<TARGET_FILE:clawback>;PYTHONPATH=${CMAKE_SOURCE_DIR}/tests/cli;PYTHONDONTWRITEBYTECODE=1")
endforeach()
# In Debian's Chromium. `./dev test` installs what they need; without node they fail, and are not left out.
foreach(part report console)
  add_test(NAME browser_${part} COMMAND node ${CMAKE_SOURCE_DIR}/tests/browser/${part}.test.mjs)
  set_tests_properties(browser_${part} PROPERTIES TIMEOUT 600 ENVIRONMENT "CLAWBACK=$<TARGET_FILE:clawback>")
endforeach()
# Every format and page, filled with what an attacker would write, read by parsers that are not ours; and every format
# against its published schema. Debian's Python has the modules (./dev installs them).
add_executable(hostile_outputs ${CMAKE_SOURCE_DIR}/tests/hostile/outputs.cpp ${CMAKE_SOURCE_DIR}/tests/hostile/columns.cpp
  ${CMAKE_SOURCE_DIR}/tests/hostile/pages.cpp  ${CMAKE_SOURCE_DIR}/tests/unit/report/sample.cpp)
target_include_directories(hostile_outputs PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR}/tests/hostile)
target_compile_definitions(hostile_outputs PRIVATE CLAWBACK_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
target_link_libraries(hostile_outputs PRIVATE clawback_cli)
foreach(check hostile schemas)
  add_test(NAME ${check} COMMAND /usr/bin/python3 -B ${CMAKE_SOURCE_DIR}/tests/${check}/check.py)
  set_tests_properties(${check} PROPERTIES TIMEOUT 300 ENVIRONMENT
    "CLAWBACK=$<TARGET_FILE:clawback>;OUTPUTS=$<TARGET_FILE:hostile_outputs>;PYTHONPATH=${CMAKE_SOURCE_DIR}/tests/cli:${CMAKE_SOURCE_DIR}/tests/schemas")
endforeach()
add_test(NAME packaging COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_SOURCE_DIR}/tests/packaging/test_packaging.py)
set_tests_properties(packaging PROPERTIES TIMEOUT 120 ENVIRONMENT "CLAWBACK=$<TARGET_FILE:clawback>")
