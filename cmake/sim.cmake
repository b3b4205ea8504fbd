# The simulator: the channel's own files between a simulated source and simulated sinks (tests/sim/sim.h). It brings a mapper of
# its own, so it links the channel's turn, phases, commits and errors, not its wiring.
set(SIM_CHANNEL channel.c phase.c commit.c errant.c)
list(TRANSFORM SIM_CHANNEL PREPEND ${CMAKE_SOURCE_DIR}/src/channel/)
set(SIM_FILES sim_run.c sim_world.c sim_source.c sim_sink.c sim_mapper.c sim_oracle.c)
list(TRANSFORM SIM_FILES PREPEND ${CMAKE_SOURCE_DIR}/tests/sim/)
add_executable(sim_run ${SIM_FILES} ${SIM_CHANNEL})
target_compile_options(sim_run PRIVATE ${STRICT} -Wno-null-dereference)
target_include_directories(sim_run PRIVATE ${CMAKE_SOURCE_DIR}/tests)
target_link_libraries(sim_run PRIVATE kafka bucket record loop base)
add_test(NAME sim.seeds COMMAND sim_run --seeds 1000)
set_tests_properties(sim.seeds PROPERTIES TIMEOUT 300)
