#!/usr/bin/env bash
# check_names.sh BUILD: every external symbol of a layer begins with its folder's name or with the name of a file of that folder.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$1 bad=0 seen=0 libraries=0
for library in "$build"/libotspipe_*.a; do
    folder=$(basename "$library" .a)
    folder=${folder#libotspipe_}
    libraries=$((libraries + 1))
    names=$(git ls-files "src/$folder/*.[ch]" | xargs -n 1 basename | sed 's/\.[ch]$//' | sort -u | tr '\n' '|')
    symbols=$(nm -g --defined-only "$library" | awk 'NF == 3 {print $3}' | sort -u)
    seen=$((seen + $(wc -w <<<"$symbols")))
    strangers=$(grep -vE "^(${names}${folder})(_|$)" <<<"$symbols" || true)
    [ -z "$strangers" ] || { echo "$folder: begins neither with '$folder' nor with a file's name:" $strangers; bad=1; }
done
[ "$libraries" = "$(grep -c '^layer(' CMakeLists.txt)" ] || { echo "check_names: saw only $libraries libraries"; bad=1; }
[ "$seen" -gt 400 ] || { echo "check_names: saw only $seen symbols"; bad=1; }
[ "$bad" = 0 ] && echo "names: $seen symbols say where they live"
exit $bad
