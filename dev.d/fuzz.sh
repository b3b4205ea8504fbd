# fuzz: clang's libFuzzer under address and undefined-behaviour checks.

# Where anybody's bytes come in: a minute each, the longest first. The others get 15 seconds.
FUZZ_MINUTE="emulator_request gate http_server filter plainbuffer fault_rules"

# dev_fuzz [SECONDS [PARSER]]: two parsers at a time, each for so long, or for its own time. What was found before is begun with; what
# breaks one lies in build/fuzz/found.
dev_fuzz()
{
    local seconds=${1:-} names=${2:-}
    dev_install_test
    tests/lint/check_tests.sh
    [ -n "$names" ] || names=$(git ls-files 'tests/fuzz/fuzz_*.c' | sed 's|.*/fuzz_\(.*\)\.c|\1|')
    configure_build fuzz "$(printf 'fuzz_%s ' $names)" -DCMAKE_C_COMPILER=clang-14 -DCMAKE_BUILD_TYPE=Debug \
        -DOTSPIPE_FUZZ=ON -DOTSPIPE_SANITIZE=address,undefined
    export BUILD
    export -f fuzz_one
    fuzz_times "$seconds" $names | sort -k2nr -s | xargs -P 2 -L1 bash -euo pipefail -c 'fuzz_one "$@"' fuzz
}

# fuzz_times SECONDS NAMES...: each name with its seconds.
fuzz_times()
{
    local seconds=$1 name
    for name in "${@:2}"; do
        case " $FUZZ_MINUTE " in
            *" $name "*) echo "$name ${seconds:-60}" ;;
            *)           echo "$name ${seconds:-15}" ;;
        esac
    done
}

# A driver that gave the parser next to nothing has proved nothing.
fuzz_one()
{
    local name=$1 seconds=$2 runs
    local found=$BUILD/fuzz/found/$name log=$BUILD/fuzz/$name.log
    mkdir -p "$found"
    "$BUILD/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix="$BUILD/fuzz/found/" "$found" "tests/fuzz/corpus/$name" >"$log" 2>&1 ||
        { echo "fuzz $name:"; tail -n 60 "$log"; return 1; }
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    [ "$runs" -ge 500 ] || { echo "fuzz $name: only $runs runs"; return 1; }
    echo "fuzz $name: $runs runs, $(sed -n 's/.* cov: \([0-9]*\).*/\1/p' "$log" | tail -n 1) places reached"
}
