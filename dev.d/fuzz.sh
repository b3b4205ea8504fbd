# fuzz: clang's libFuzzer under address and undefined-behaviour checks.
#
# ./dev test is to judge the change at hand, not its luck: each driver begins with the corpus in the tree and with one seed, always the
# same. That is as repeatable as libFuzzer gets: how far it comes in its minute hangs on the machine, and a driver with a socket hears
# what the kernel makes of it. Looking for new things is what ./dev fuzz is for: it draws its seeds and goes on from what it found before.
FUZZ_SEED=1

# dev_fuzz [SECONDS [PARSER...]]: two parsers at a time, each for so long. What breaks one lies in build/fuzz/found.
dev_fuzz()
{
    local seconds=${1:-60}
    [ $# -eq 0 ] || shift
    fuzz_build "$@"
    fuzz_all "$seconds" 0 $BUILD/fuzz/found "$@"
}

# As a test: nothing from an earlier run.
dev_fuzz_fixed()
{
    fuzz_build
    rm -rf $BUILD/fuzz/fixed
    fuzz_all "$1" $FUZZ_SEED $BUILD/fuzz/fixed
}

fuzz_names() { git ls-files 'tests/fuzz/fuzz_*.c' | sed 's|.*/fuzz_\(.*\)\.c|\1|'; }

fuzz_build() # [PARSER...]
{
    dev_install_test
    tests/lint/check_tests.sh
    configure_build fuzz "$(printf 'fuzz_%s ' ${*:-$(fuzz_names)})" -DCMAKE_C_COMPILER=clang-14 -DCMAKE_BUILD_TYPE=Debug \
        -DOTSPIPE_FUZZ=ON -DOTSPIPE_SANITIZE=address,undefined
}

fuzz_all() # SECONDS SEED FOLDER [PARSER...]
{
    local seconds=$1 seed=$2 folder=$3
    shift 3
    export BUILD
    export -f fuzz_one fuzz_words
    printf '%s\n' ${*:-$(fuzz_names)} | xargs -P 2 -I{} bash -euo pipefail -c 'fuzz_one "$@"' fuzz "$seconds" "$seed" "$folder" {}
}

# What libFuzzer puts together inputs from: edges of all texts, and every name that stands in the source of what is tried.
fuzz_words() # NAME
{
    local sources
    case $1 in
        settings | config_files)  sources="src/channel/settings*.c src/config src/kafka" ;;
        jaas)                     sources="src/kafka" ;;
        convert | mapper | series_mapper) sources="src/mapping" ;;
        explain_input | table_*)  sources="src/cli" ;;
        fault_rules)              sources="src/emulator/rule*.c src/emulator/operation.c" ;;
        http_server | gate)       sources="src/emulator src/wire/sign*.c" ;;
        ots_answer | http_answer) sources="src/ots src/wire/sign*.c" ;;
        row_line)                 sources="src/wire/row_line*.c" ;;
        json | sign_date | endpoint | row_input | series_time) sources="" ;;
        *)                        echo "# protobuf, PlainBuffer, SQLite"; return 0 ;;
    esac
    cat tests/fuzz/words
    [ -z "$sources" ] || git grep -hoE '"[A-Za-z][A-Za-z0-9_.:/-]{1,40}"' -- $sources | grep -v '[.][ch]"' | sort -u
}

# A driver that gave the parser next to nothing has proved nothing. Seed 0: libFuzzer draws one.
fuzz_one() # SECONDS SEED FOLDER NAME
{
    local seconds=$1 seed=$2 found=$3/$4 name=$4 log=$BUILD/fuzz/$4.log runs
    mkdir -p "$found"
    fuzz_words "$name" >"$found.words"
    "$BUILD/fuzz/fuzz_$name" -seed="$seed" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 -print_final_stats=1 \
        -dict="$found.words" -artifact_prefix="$3/" "$found" "tests/fuzz/corpus/$name" >"$log" 2>&1 ||
        { echo "fuzz $name:"; tail -n 60 "$log"; return 1; }
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    [ "$runs" -ge 500 ] || { echo "fuzz $name: only $runs runs"; return 1; }
    echo "fuzz $name: $runs runs, $(sed -n 's/.* cov: \([0-9]*\).*/\1/p' "$log" | tail -n 1) places reached"
}
