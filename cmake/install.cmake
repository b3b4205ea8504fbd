# What is installed: the program, its manual pages and completion, which it prints itself, the documentation, the samples.
include(GNUInstallDirs)

add_custom_command(TARGET otspipe POST_BUILD
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${CMAKE_BINARY_DIR}/man
    COMMAND $<TARGET_FILE:otspipe> man --folder ${CMAKE_BINARY_DIR}/man
    COMMAND $<TARGET_FILE:otspipe> completion bash > ${CMAKE_BINARY_DIR}/otspipe.bash
    COMMENT "Manual pages and completion")

install(TARGETS otspipe RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${CMAKE_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${CMAKE_BINARY_DIR}/otspipe.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME otspipe)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs configs DESTINATION ${CMAKE_INSTALL_DOCDIR})
