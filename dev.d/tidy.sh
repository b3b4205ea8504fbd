# tidy: what reads the code instead of running it. Zero findings.

dev_tidy()
{
    dev_install_test
    tidy_cppcheck
    tidy_analyzer
    tidy_clang
}

# Memory that nobody wrote to is read: only valgrind sees that.
dev_valgrind()
{
    need_packages $PACKAGES_BUILD valgrind
    configure_build release ""
    export BUILD
    export -f valgrind_one
    git ls-files 'tests/unit/test_*.c' | sed 's|.*/\(.*\)\.c|\1|' | xargs -P 2 -I{} bash -euo pipefail -c 'valgrind_one "$@"' valgrind {}
    fuzz_names | xargs -P 2 -I{} bash -euo pipefail -c 'valgrind_one "fuzz_$1" "tests/fuzz/corpus/$1"' valgrind {}
    (cd "$(mktemp -d)" && valgrind_one "$OLDPWD/$BUILD/release/otspipe" demo --records 200)
    say "valgrind: nothing found"
}

valgrind_one()
{
    local program=$1 said
    shift
    [ -x "$program" ] || program=$BUILD/release/$program
    said=$(valgrind -q --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite --error-exitcode=9 "$program" "$@" 2>&1) ||
        { echo "$program:"; echo "$said" | tail -n 60; return 1; }
}

tidy_cppcheck()
{
    # unknownMacro: it does not read the system's headers. varFuncNullUB: NULL has the type of a pointer here.
    quiet $BUILD/cppcheck.log cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability --inline-suppr --std=c11 \
        --suppress=missingIncludeSystem --suppress=unknownMacro --suppress=varFuncNullUB -j 2 -D_GNU_SOURCE -I src src
    say "cppcheck: nothing found"
}

tidy_analyzer()
{
    configure_build analyzer otspipe -DOTSPIPE_ANALYZE=ON
    say "gcc -fanalyzer: nothing found"
}

# With clang's own build, whose flags it knows. One file a process: with several, clang-tidy 14 reports things that are not there.
tidy_clang()
{
    configure_build clang otspipe -DCMAKE_C_COMPILER=clang-14
    export BUILD
    export -f tidy_file
    git ls-files 'src/*.c' | xargs -P 2 -I{} bash -euo pipefail -c 'tidy_file "$1"' tidy {}
    say "clang-tidy: nothing found in $(git ls-files 'src/*.c' | wc -l) files"
}

tidy_file()
{
    local findings
    findings=$(clang-tidy-14 --quiet -p "$BUILD/clang" --warnings-as-errors='*' "$1" 2>&1) || { echo "$findings"; return 1; }
}
