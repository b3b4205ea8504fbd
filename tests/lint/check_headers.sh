#!/usr/bin/env bash
# Every header compiles alone.
set -euo pipefail
cd "$(dirname "$0")/../.."
count=0
for header in $(git ls-files 'src/*.h'); do
    gcc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only -x c -Isrc "$header" ||
        { echo "$header does not compile alone"; exit 1; }
    count=$((count + 1))
done
[ "$count" -gt 20 ] || { echo "check_headers: saw only $count headers"; exit 1; }
echo "headers: $count compile alone"
