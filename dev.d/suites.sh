# suites: what ./dev test runs, cheapest first. Each suite prints its time; one that fails stops the run.

ALL_SUITES="lint build unit sanitize fuzz tidy e2e"

dev_test()
{
    dev_install_test
    mkdir -p $BUILD
    local suite
    for suite in ${*:-$ALL_SUITES}; do
        local began=$SECONDS
        say "suite $suite"
        "suite_$suite"
        say "suite $suite passed in $((SECONDS - began)) s"
    done
}

suite_lint()
{
    tests/lint/check_layers.sh
    tests/lint/check_headers.sh
    tests/lint/check_sizes.sh
    own_code | xargs clang-format-14 --dry-run -Werror
}

# Both compilers, all warnings as errors; the names of all symbols.
suite_build()
{
    configure_build release
    configure_build clang -DCMAKE_C_COMPILER=clang-14
    tests/lint/check_names.sh $BUILD/release
}

suite_unit() { ctest --test-dir $BUILD/release --output-on-failure -j 2; }

suite_sanitize()
{
    configure_build asan -DCMAKE_BUILD_TYPE=Debug -DOTSPIPE_SANITIZE=address,undefined
    ctest --test-dir $BUILD/asan --output-on-failure -j 2
}

suite_fuzz() { dev_fuzz "${OTSPIPE_FUZZ_SECONDS:-15}"; }

suite_tidy() { dev_tidy; }

suite_e2e()
{
    python_for_tests
    OTSPIPE_BIN=$PWD/$BUILD/release/otspipe "$CACHE/venv/bin/python" -m pytest -q tests/e2e --durations=15
}

# The Python of the tests: a virtual environment outside the tree, made anew when the list of packages changes.
python_for_tests()
{
    local want have="$CACHE/venv/requirements.txt"
    want=$(cat tests/e2e/requirements.txt)
    [ "$want" = "$(cat "$have" 2>/dev/null)" ] && return 0
    say "python packages for the tests"
    rm -rf "$CACHE/venv"
    mkdir -p "$CACHE"
    python3 -m venv "$CACHE/venv"
    "$CACHE/venv/bin/pip" install -q -r tests/e2e/requirements.txt
    cp tests/e2e/requirements.txt "$have"
}

dev_tidy()
{
    dev_install_test
    configure_build release
    tidy_cppcheck
    tidy_clang
    tidy_analyzer
}

tidy_cppcheck()
{
    cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability --inline-suppr --std=c11 \
        --suppress=missingIncludeSystem --suppress=unknownMacro -j 2 -D_GNU_SOURCE -I src src
}

# One file a process: with several, clang-tidy 14 reports things that are not there.
tidy_clang()
{
    git ls-files 'src/*.c' | xargs -P 2 -n 1 clang-tidy-14 --quiet -p $BUILD/release --warnings-as-errors='*' \
        2>/dev/null
}

tidy_analyzer()
{
    configure_build analyzer -DOTSPIPE_ANALYZE=ON
}
