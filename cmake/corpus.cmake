# The labelled corpus: what reads its labels and compares, for the test corpus_quality and for bench/quality.
add_library(clawback_corpus STATIC ${CMAKE_SOURCE_DIR}/tests/corpus/label.cpp
  ${CMAKE_SOURCE_DIR}/tests/corpus/quality.cpp)
target_link_libraries(clawback_corpus PUBLIC clawback_options clawback_cli)
target_include_directories(clawback_corpus PUBLIC ${CMAKE_SOURCE_DIR}/tests)
