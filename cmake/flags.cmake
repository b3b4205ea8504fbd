# Compiler settings: strict warnings for our own code, hardening for releases, sanitizers on request.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()
option(OTSPIPE_ANALYZE "compile with gcc -fanalyzer; a finding is an error" OFF)
set(OTSPIPE_SANITIZE "" CACHE STRING "for example address,undefined or thread")

find_package(PkgConfig REQUIRED)

set(STRICT -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
    -Wpointer-arith -Wwrite-strings -Wvla -Wundef -Wformat=2 -Wswitch-enum -Wconversion
    -Wno-sign-conversion -Wcast-qual -Wimplicit-fallthrough -Wnull-dereference -Werror)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    list(APPEND STRICT -Wduplicated-cond -Wlogical-op)
endif()

if(OTSPIPE_ANALYZE)
    list(APPEND STRICT -fanalyzer)
endif()

set(CMAKE_C_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g -fno-omit-frame-pointer")
add_compile_options(-fstack-protector-strong)
if(OTSPIPE_SANITIZE)
    add_compile_options(-fsanitize=${OTSPIPE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${OTSPIPE_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
    add_compile_options(-D_FORTIFY_SOURCE=3 -fstack-clash-protection)
    add_link_options(-Wl,-z,relro,-z,now)
endif()
include(CheckPIESupported)
check_pie_supported()
