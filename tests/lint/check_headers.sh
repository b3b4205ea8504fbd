#!/usr/bin/env bash
# Every header compiles alone, with gcc, two at a time.
set -euo pipefail
cd "$(dirname "$0")/../.."
count=$(git ls-files 'src/*.h' | wc -l)
git ls-files 'src/*.h' | xargs -P 2 -I{} sh -c \
    'gcc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only -x c -Isrc "$1" || { echo "$1 does not compile alone"; exit 1; }' - {}
[ "$count" -gt 50 ] || { echo "check_headers: saw only $count headers"; exit 1; }
echo "headers: $count compile alone"
