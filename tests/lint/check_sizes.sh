#!/usr/bin/env bash
# Functions of src, those in headers too: median at most 15 lines, none over 60. Files: none over 500.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp)
trap 'rm -f "$work"' EXIT
git ls-files 'src/*.[ch]' | xargs ctags --languages=C --langmap=C:.c.h --kinds-C=f --fields=+ne -x --_xformat='%{input} %N %n %{end}' |
    awk '{print $4 - $3 + 1, $1, $2}' | sort -n >"$work"
awk '{size[NR] = $1} $1 > 60 {print "over 60 lines:", $0; bad = 1} $1 < 1 {print "no end:", $0; bad = 1}
    END {
        if (NR < 1000) { print "check_sizes: saw only", NR, "functions"; bad = 1 }
        median = size[int((NR + 1) / 2)]
        printf "functions: %d, median %d lines, longest %d\n", NR, median, size[NR]
        if (median > 15) { print "median over 15"; bad = 1 }
        exit bad
    }' "$work"
git ls-files 'src/*.[ch]' | xargs wc -l | awk '$2 != "total" && $1 > 500 {print "over 500 lines:", $0; bad = 1} END {exit bad}'
