# The Debian package: cpack -G DEB in a release build that was configured with CLAWBACK_PACKAGE (./dev package does both).
# Policies and the binary are installed by CMakeLists.txt; here is what belongs to a system.
set(doc share/doc/clawback)
set(pages ${CMAKE_BINARY_DIR}/pages)
install(CODE "execute_process(COMMAND ${CMAKE_SOURCE_DIR}/packaging/make-docs ${CMAKE_SOURCE_DIR} ${pages}
  COMMAND_ERROR_IS_FATAL ANY)")
install(DIRECTORY ${pages}/ DESTINATION ${doc})
install(FILES ${CMAKE_SOURCE_DIR}/packaging/debian/copyright DESTINATION ${doc})
install(FILES ${CMAKE_SOURCE_DIR}/packaging/systemd/clawback-failed@.service DESTINATION ${doc}/examples)
install(FILES ${CMAKE_SOURCE_DIR}/packaging/systemd/clawback.service
  ${CMAKE_SOURCE_DIR}/packaging/systemd/clawback-serve.service
  ${CMAKE_SOURCE_DIR}/packaging/systemd/clawback.timer DESTINATION /lib/systemd/system)
install(PROGRAMS ${CMAKE_SOURCE_DIR}/packaging/as-service DESTINATION lib/clawback)
install(FILES ${CMAKE_SOURCE_DIR}/packaging/sysusers.conf DESTINATION lib/sysusers.d RENAME clawback.conf)
install(FILES ${CMAKE_SOURCE_DIR}/packaging/clawback.toml DESTINATION /etc/clawback)
install(DIRECTORY DESTINATION /etc/clawback/credentials DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)

# Manual pages and completion, made by the program from the tree that reads its command line.
set(made ${CMAKE_BINARY_DIR}/made)
install(CODE "execute_process(COMMAND ${CMAKE_SOURCE_DIR}/packaging/make-pages $<TARGET_FILE:clawback> ${made}
  COMMAND_ERROR_IS_FATAL ANY)")
install(DIRECTORY ${made}/share/ DESTINATION share)

# cpack would build the tests too.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
set(CPACK_GENERATOR DEB)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
  WORLD_READ WORLD_EXECUTE)
set(CPACK_PACKAGE_NAME clawback)
set(CPACK_PACKAGE_CONTACT "clawback <clawback@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "finds and takes back abused mail-client grants in Microsoft 365")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Finds suspicious third-party mail clients that were granted mailboxes of a
Microsoft 365 tenant, plans what would take the access back, and sends exactly
what was approved.
.
Nothing runs until /etc/clawback/clawback.toml is filled in and
clawback.timer is enabled.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, systemd (>= 252)")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS dbus)  # systemd-run --wait, for as-service
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/packaging/debian/postinst
  ${CMAKE_SOURCE_DIR}/packaging/debian/prerm ${CMAKE_SOURCE_DIR}/packaging/debian/postrm
  ${CMAKE_SOURCE_DIR}/packaging/debian/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
