# bench(NAME layers...): bench/bench_NAME.c, one line a measure. Built with everything, run by hand (./dev bench).
function(bench NAME)
    add_executable(bench_${NAME} ${CMAKE_SOURCE_DIR}/bench/bench_${NAME}.c)
    target_compile_options(bench_${NAME} PRIVATE ${STRICT} -Wno-null-dereference)
    target_link_libraries(bench_${NAME} PRIVATE ${ARGN})
endfunction()

bench(bucket bucket)
