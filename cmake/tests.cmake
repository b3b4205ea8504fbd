# unit(NAME layers...): tests/unit/test_NAME.c, cmocka under ctest.  flow(NAME layers...): tests/flow/test_NAME.c, the same on a
# real loop.  fuzz(NAME layers...): tests/fuzz/fuzz_NAME.c with its corpus; with clang a libFuzzer program, with gcc a program
# that runs the corpus once, so that every build proves the corpus.
enable_testing()
pkg_check_modules(cmocka REQUIRED IMPORTED_TARGET cmocka)

function(test_program KIND NAME)
    add_executable(test_${NAME} ${CMAKE_SOURCE_DIR}/tests/${KIND}/test_${NAME}.c)
    target_compile_options(test_${NAME} PRIVATE ${STRICT} -Wno-null-dereference)
    target_include_directories(test_${NAME} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
    target_compile_definitions(test_${NAME} PRIVATE TESTS_DIR="${CMAKE_SOURCE_DIR}/tests")
    target_link_libraries(test_${NAME} PRIVATE ${ARGN} PkgConfig::cmocka)
    add_test(NAME ${KIND}.${NAME} COMMAND test_${NAME})
    set_tests_properties(${KIND}.${NAME} PROPERTIES TIMEOUT 300)
endfunction()

function(unit NAME)
    test_program(unit ${NAME} ${ARGN})
endfunction()

function(flow NAME)
    test_program(flow ${NAME} ${ARGN})
endfunction()

function(fuzz NAME)
    add_executable(fuzz_${NAME} ${CMAKE_SOURCE_DIR}/tests/fuzz/fuzz_${NAME}.c)
    target_compile_options(fuzz_${NAME} PRIVATE ${STRICT})
    target_include_directories(fuzz_${NAME} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
    target_link_libraries(fuzz_${NAME} PRIVATE ${ARGN})
    if(CMAKE_C_COMPILER_ID MATCHES "Clang" AND OTSPIPE_SANITIZE)
        target_compile_options(fuzz_${NAME} PRIVATE -fsanitize=fuzzer)
        target_link_options(fuzz_${NAME} PRIVATE -fsanitize=fuzzer)
    else()
        target_sources(fuzz_${NAME} PRIVATE ${CMAKE_SOURCE_DIR}/tests/fuzz/run_corpus.c)
        add_test(NAME fuzz.${NAME} COMMAND fuzz_${NAME} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${NAME})
    endif()
endfunction()

# support_library(NAME layers...): tests/support/NAME.c, for tests that share it.
function(support_library NAME)
    add_library(support_${NAME} STATIC ${CMAKE_SOURCE_DIR}/tests/support/${NAME}.c)
    target_compile_options(support_${NAME} PRIVATE ${STRICT} -Wno-null-dereference)
    target_include_directories(support_${NAME} PUBLIC ${CMAKE_SOURCE_DIR}/tests)
    target_link_libraries(support_${NAME} PUBLIC ${ARGN} PkgConfig::cmocka)
endfunction()

# name, then the layers it links
unit(base base)
unit(ots_fault ots)
unit(crc8 wire)
unit(digest wire)
unit(sign wire)
unit(clock loop)
flow(loop loop)
unit(offsets kafka)
support_library(hex base)
support_library(random_row wire)
unit(plainbuffer wire support_hex support_random_row)
