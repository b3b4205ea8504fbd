#!/usr/bin/env bash
# Includes go one way: a folder includes itself and what its layer() line in CMakeLists.txt says it USES; main.c what its
# program() line names. The lines themselves go round in no circle, and no source file is outside of them.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
awk '
    /^layer\(/ { split($1, word, "("); name = word[2]; $1 = ""; reading = 1 }
    reading { text = text " " $0; if ($0 ~ /\)[ ]*$/) { layer[name] = text; text = ""; reading = 0 } }
    /^program\(/ { gsub(/[()]/, " "); print "uses", $3, $4 }
    END {
        for (name in layer) {
            count = split(layer[name], word, /[ ()]+/); section = ""
            for (i = 1; i <= count; i++) {
                if (word[i] == "FILES" || word[i] == "USES" || word[i] == "LIBS") section = word[i]
                else if (section == "USES" && word[i] != "") print "uses", name, word[i]
                else if (section == "FILES" && word[i] != "") print "file", "src/" name "/" word[i]
            }
        }
    }' CMakeLists.txt >"$work/lines"
sed -n 's/^uses //p' "$work/lines" | sort -u >"$work/uses"
sed -n 's/^file //p' "$work/lines" | sort >"$work/files"
bad=0 seen=0
tsort "$work/uses" >/dev/null || { echo "layers go round in a circle"; bad=1; }
if ! git ls-files 'src/*/*.c' | sort | diff - "$work/files" >"$work/outside"; then
    echo "in the tree (<) and in the layer lines (>):"
    cat "$work/outside"
    bad=1
fi
for file in $(git ls-files 'src/*.[ch]'); do
    folder=$(basename "$(dirname "$file")")
    [ "$folder" = src ] && folder=$(basename "$file")
    for other in $(sed -n 's|^ *# *include ["<]\([a-z0-9_]*\)/.*|\1|p' "$file" | sort -u); do
        [ -d "src/$other" ] && [ "$other" != "$folder" ] || continue
        seen=$((seen + 1))
        grep -qx "$folder $other" "$work/uses" || { echo "$file: $folder may not include $other"; bad=1; }
    done
    if grep -nE '# *include "([^/"]*"|[^"]*\.\./)' "$file"; then echo "$file: an include that does not name its folder"; bad=1; fi
done
[ "$seen" -gt 200 ] || { echo "check_layers: saw only $seen includes: the check itself is broken"; bad=1; }
[ "$bad" = 0 ] && echo "layers: $seen includes, all downwards; $(wc -l <"$work/files") files, each in its layer"
exit $bad
