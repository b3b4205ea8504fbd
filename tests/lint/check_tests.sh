#!/usr/bin/env bash
# No test lies in the tree without being run: every tests/{unit,flow}/test_NAME.c, tests/fuzz/fuzz_NAME.c and bench/bench_NAME.c has
# its line in cmake, every fuzz driver its corpus, every corpus its driver. No test sleeps by the second, none is skipped, and assert(),
# which releases leave out, is nowhere.
set -euo pipefail
cd "$(dirname "$0")/../.."
bad=0 seen=0

registered() # KIND PREFIX FILES...
{
    local kind=$1 file name
    for file in "${@:2}"; do
        name=$(basename "$file" .c)
        seen=$((seen + 1))
        grep -qE "^$kind\(${name#*_}[ )]" cmake/*.cmake || { echo "$file: no $kind(${name#*_} ...) line in cmake"; bad=1; }
    done
}

# shellcheck disable=SC2046
{
    registered unit $(git ls-files 'tests/unit/test_*.c')
    registered flow $(git ls-files 'tests/flow/test_*.c')
    registered fuzz $(git ls-files 'tests/fuzz/fuzz_*.c')
    registered bench $(git ls-files 'bench/bench_*.c')
}
if ! diff <(git ls-files 'tests/fuzz/fuzz_*.c' | sed 's|.*/fuzz_\(.*\)\.c|\1|' | sort) \
    <(git ls-files tests/fuzz/corpus | cut -d/ -f4 | sort -u); then
    echo "fuzz drivers (<) and corpora (>) differ"
    bad=1
fi
if git grep -nE '\b(skip\(\)|assert\(|sleep\()' -- 'tests/*.[ch]' 'src/*.[ch]'; then echo "not in a test"; bad=1; fi
[ "$seen" -gt 50 ] || { echo "check_tests: saw only $seen tests"; bad=1; }
[ "$bad" = 0 ] && echo "tests: $seen programs, each with its line"
exit $bad
