# The simulator: the channel's own files between a simulated source and simulated sinks (tests/sim/sim.h). It brings a mapper of
# its own, so it links the channel's turn, phases, commits and errors, not its wiring.
set(SIM_CHANNEL channel.c phase.c commit.c errant.c tally.c trouble.c)
list(TRANSFORM SIM_CHANNEL PREPEND ${CMAKE_SOURCE_DIR}/src/channel/)
set(SIM_FILES sim_run.c sim_world.c sim_source.c sim_sink.c sim_aside.c sim_mapper.c sim_oracle.c)
list(TRANSFORM SIM_FILES PREPEND ${CMAKE_SOURCE_DIR}/tests/sim/)
add_executable(sim_run ${SIM_FILES} ${SIM_CHANNEL})
target_compile_options(sim_run PRIVATE ${STRICT} -Wno-null-dereference)
target_include_directories(sim_run PRIVATE ${CMAKE_SOURCE_DIR}/tests)
target_link_libraries(sim_run PRIVATE kafka bucket record loop base)
add_test(NAME sim.seeds COMMAND sim_run --seeds 1000)
set_tests_properties(sim.seeds PROPERTIES TIMEOUT 300)

# Bugs put in on purpose, one at a time; the simulator must find each (tests/sim/mutants).
set(MUTANT_COMPILE ${CMAKE_C_COMPILER} -std=gnu11 -O1 -g -w -D_GNU_SOURCE -I${CMAKE_SOURCE_DIR}/src)
if(OTSPIPE_SANITIZE)
    list(APPEND MUTANT_COMPILE -fsanitize=${OTSPIPE_SANITIZE} -fno-sanitize-recover=all)
endif()
list(JOIN MUTANT_COMPILE " " MUTANT_COMPILE)
set(MUTANT_LIBRARIES $<TARGET_FILE:kafka> $<TARGET_FILE:bucket> $<TARGET_FILE:record> $<TARGET_FILE:loop> $<TARGET_FILE:base> -lm)
add_test(NAME sim.mutants
    COMMAND ${CMAKE_SOURCE_DIR}/tests/sim/run_mutants.sh ${CMAKE_BINARY_DIR}/mutants "${MUTANT_COMPILE}"
        "$<JOIN:$<TARGET_OBJECTS:sim_run>, >" "$<JOIN:${MUTANT_LIBRARIES}, >")
set_tests_properties(sim.mutants PROPERTIES TIMEOUT 900)
