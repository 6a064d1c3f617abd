# libcsv has neither a CMake package nor a pkg-config file: header csv.h, library csv.
find_path(LIBCSV_INCLUDE_DIR csv.h REQUIRED)
find_library(LIBCSV_LIBRARY csv REQUIRED)
add_library(libcsv::libcsv UNKNOWN IMPORTED)
set_target_properties(libcsv::libcsv PROPERTIES
  IMPORTED_LOCATION ${LIBCSV_LIBRARY}
  INTERFACE_INCLUDE_DIRECTORIES ${LIBCSV_INCLUDE_DIR})
