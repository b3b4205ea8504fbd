# suites: what ./dev test runs, cheapest first. Each suite prints its time; one that fails stops the run.

ALL_SUITES="lint build unit count sanitize thread fuzz tidy e2e"

dev_test()
{
    local suite began times=""
    dev_install_test
    mkdir -p $BUILD
    for suite in ${*:-$ALL_SUITES}; do
        began=$SECONDS
        say "suite $suite"
        "suite_$suite"
        times="$times $suite $((SECONDS - began)) s,"
        say "suite $suite passed in $((SECONDS - began)) s"
    done
    say "all passed:${times%,}"
}

suite_lint()
{
    tests/lint/check_layers.sh
    tests/lint/check_headers.sh
    tests/lint/check_sizes.sh
    tests/lint/check_tests.sh
    own_code | xargs clang-format-14 --dry-run -Werror
}

# Both compilers, all warnings as errors, everything there is; the names of all symbols.
suite_build()
{
    configure_build release ""
    configure_build clang "" -DCMAKE_C_COMPILER=clang-14
    tests/lint/check_names.sh $BUILD/release
}

# More tests at a time than processors: the longest ones wait for Kafka.
run_tests()
{
    local folder=$BUILD/$1
    shift
    quiet "$folder/ctest.log" ctest --test-dir "$folder" --output-on-failure --no-tests=error -j 4 "$@"
    grep 'tests passed' "$folder/ctest.log"
}

suite_unit()
{
    configure_build release ""
    run_tests release
}

# The hot path's instructions a record, none above what bench/instructions.json says.
suite_count()
{
    need_packages valgrind python3
    configure_build release bench_path
    bench/count --check
}

suite_sanitize()
{
    configure_build asan "" -DCMAKE_BUILD_TYPE=Debug -DOTSPIPE_SANITIZE=address,undefined
    run_tests asan
}

# Where threads meet: wake-ups, workers, librdkafka's and curl's threads, the log.
suite_thread()
{
    configure_build tsan "$(git ls-files 'tests/flow/test_*.c' | sed 's|.*/\(.*\)\.c|\1|')" \
        -DCMAKE_BUILD_TYPE=Debug -DOTSPIPE_SANITIZE=thread
    run_tests tsan -R '^flow[.]'
}

suite_fuzz() { dev_fuzz_fixed "${OTSPIPE_FUZZ_SECONDS:-60}"; }

suite_tidy() { dev_tidy; }

suite_e2e()
{
    dev_install_e2e
    dev_build
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
