# protobuf(NAME FOLDER/FILE.proto): C from a message file, as a library of its own without our warnings.
# src/wire/proto/tablestore.proto is reached as "wire/tablestore.pb-c.h".
find_program(PROTOC_C NAMES protoc-c REQUIRED)
pkg_check_modules(libprotobuf_c REQUIRED IMPORTED_TARGET GLOBAL libprotobuf-c)

function(protobuf NAME FOLDER PROTO)
    set(source_dir ${CMAKE_SOURCE_DIR}/src/${FOLDER}/proto)
    set(out_dir ${CMAKE_BINARY_DIR}/gen/${FOLDER})
    file(MAKE_DIRECTORY ${out_dir})
    add_custom_command(OUTPUT ${out_dir}/${PROTO}.pb-c.c ${out_dir}/${PROTO}.pb-c.h
        COMMAND ${PROTOC_C} --proto_path=${source_dir} --c_out=${out_dir} ${source_dir}/${PROTO}.proto
        DEPENDS ${source_dir}/${PROTO}.proto)
    add_library(${NAME} STATIC ${out_dir}/${PROTO}.pb-c.c ${out_dir}/${PROTO}.pb-c.h)
    target_include_directories(${NAME} SYSTEM PUBLIC ${CMAKE_BINARY_DIR}/gen)
    target_link_libraries(${NAME} PUBLIC PkgConfig::libprotobuf_c)
endfunction()
