# bench(NAME layers...): bench/bench_NAME.c, one line a measure. Built with everything, run by hand (./dev bench).
function(bench NAME)
    add_executable(bench_${NAME} ${CMAKE_SOURCE_DIR}/bench/bench_${NAME}.c)
    target_compile_options(bench_${NAME} PRIVATE ${STRICT} -Wno-null-dereference)
    target_link_libraries(bench_${NAME} PRIVATE ${ARGN})
endfunction()

bench(bucket bucket)
bench(consumer kafka)
bench(emulator emulator)
bench(emulator_reads emulator)
bench(http http)
bench(mapping mapping)
bench(path mapping bucket kafka wire)
bench(series timeseries)
bench(wire wire)

target_sources(bench_mapping PRIVATE ${CMAKE_SOURCE_DIR}/bench/envelope.c)
target_include_directories(bench_mapping PRIVATE ${CMAKE_SOURCE_DIR}/bench)

# The stand-ins of the whole-path benchmark (bench/flow).
add_executable(bench_flow_broker ${CMAKE_SOURCE_DIR}/bench/flow/broker.c ${CMAKE_SOURCE_DIR}/bench/flow/log.c
                                 ${CMAKE_SOURCE_DIR}/bench/envelope.c)
target_link_libraries(bench_flow_broker PRIVATE base loop)
add_executable(bench_flow_sink ${CMAKE_SOURCE_DIR}/bench/flow/sink.c ${CMAKE_SOURCE_DIR}/bench/flow/points.c)
target_link_libraries(bench_flow_sink PRIVATE http wire)
foreach(program bench_flow_broker bench_flow_sink)
    target_compile_options(${program} PRIVATE ${STRICT} -Wno-null-dereference)
    target_include_directories(${program} PRIVATE ${CMAKE_SOURCE_DIR}/bench)
endforeach()
