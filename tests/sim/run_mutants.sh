#!/usr/bin/env bash
# Puts one bug at a time into a copy of the sources and asks the simulator: every one must be found, or the simulator proves less than
# we think. A patch that no longer applies is a failure too: mend it together with the code.
#   run_mutants.sh WORK "COMPILER FLAGS..." "OBJECTS OF sim_run..." "LIBRARIES..."
set -euo pipefail
sources=$(cd "$(dirname "$0")/../.." && pwd)
work=$1 compile=$2 objects=$3 libraries=$4
seeds=1000 found=0 bad=0

# Objects that are built from the mutated file give way to the mutant; those in libraries do by coming later.
mutant_objects() { for object in $objects; do case $object in *"/${1#src/}.o") ;; *) echo "$object" ;; esac; done; }

for patch in "$sources"/tests/sim/mutants/*.patch; do
    name=$(basename "$patch" .patch)
    file=$(sed -n 's|^+++ b/||p' "$patch")
    rm -rf "$work/$name"
    mkdir -p "$work/$name/$(dirname "$file")"
    cp "$sources/$file" "$work/$name/$file"
    if ! patch -s -p1 --fuzz=0 --no-backup-if-mismatch -d "$work/$name" <"$patch"; then
        echo "$name: the patch does not apply to $file any more"
        bad=1
        continue
    fi
    $compile -c "$work/$name/$file" -o "$work/$name/mutant.o"
    # shellcheck disable=SC2046,SC2086
    $compile -o "$work/$name/sim" "$work/$name/mutant.o" $(mutant_objects "$file") $libraries
    if timeout 300 "$work/$name/sim" --seeds $seeds >"$work/$name/out" 2>&1; then
        echo "$name: NOT FOUND within $seeds seeds: $(head -1 "$patch")"
        bad=1
    elif grep -q '^sim: see it again' "$work/$name/out"; then
        found=$((found + 1))
        echo "$name: found: $(grep -vm1 'see it again' "$work/$name/out" | sed "s|$work/$name/||")"
    else
        echo "$name: neither found nor passed:"
        tail -5 "$work/$name/out"
        bad=1
    fi
done
[ "$found" -ge 5 ] || { echo "mutants: only $found found"; bad=1; }
[ "$bad" = 0 ] && echo "mutants: all $found found"
exit $bad
