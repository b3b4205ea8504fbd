#!/usr/bin/env bash
# check_names.sh BUILD: every external symbol of a layer begins with its folder's name or with the name of a file of that folder.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$1 bad=0 seen=0
for library in "$build"/libotspipe_*.a; do
    folder=$(basename "$library" .a)
    folder=${folder#libotspipe_}
    names=$(ls src/"$folder" | sed 's/\..*//' | sort -u | tr '\n' '|')
    while read -r symbol; do
        seen=$((seen + 1))
        echo "$symbol" | grep -qE "^(${names}${folder})(_|$)" ||
            { echo "$folder: $symbol begins neither with '$folder' nor with a file's name"; bad=1; }
    done < <(nm -g --defined-only "$library" 2>/dev/null | awk 'NF == 3 {print $3}' | grep -vE '^(__|_GLOBAL)' | sort -u)
done
[ "$seen" -gt 100 ] || { echo "check_names: saw only $seen symbols"; bad=1; }
[ "$bad" = 0 ] && echo "names: $seen symbols say where they live"
exit $bad
