#!/usr/bin/env bash
# Functions of src: median at most 15 lines, none over 60. Files: none over 500.
set -euo pipefail
cd "$(dirname "$0")/../.."
git ls-files 'src/*.c' | xargs ctags --languages=C --kinds-C=f --fields=+ne -x --_xformat='%{input} %N %n %{end}' |
    awk '{print $4 - $3 + 1, $1, $2}' | sort -n >/tmp/sizes.$$
trap 'rm -f /tmp/sizes.$$' EXIT
awk '{size[NR] = $1} $1 > 60 {print "over 60 lines:", $0; bad = 1}
    END {
        if (NR < 100) { print "check_sizes: saw only", NR, "functions"; bad = 1 }
        median = size[int((NR + 1) / 2)]
        printf "functions: %d, median %d lines, longest %d\n", NR, median, size[NR]
        if (median > 15) { print "median over 15"; bad = 1 }
        exit bad
    }' /tmp/sizes.$$
git ls-files 'src/*.[ch]' | xargs wc -l | awk '$2 != "total" && $1 > 500 {print "over 500 lines:", $0; bad = 1} END {exit bad}'
