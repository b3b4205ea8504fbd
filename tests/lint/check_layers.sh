#!/usr/bin/env bash
# Includes go one way: a folder includes itself and what its layer() line in CMakeLists.txt says it USES (and what those use).
set -euo pipefail
cd "$(dirname "$0")/../.."
awk '
    /^layer\(/ { split($1, word, "("); name = word[2]; $1 = ""; reading = 1 }
    reading { text = text " " $0; if ($0 ~ /\)[ ]*$/) { layer[name] = text; text = ""; reading = 0 } }
    END {
        for (name in layer) {
            count = split(layer[name], word, /[ ()]+/); section = ""
            for (i = 1; i <= count; i++) {
                if (word[i] == "FILES" || word[i] == "USES" || word[i] == "LIBS") section = word[i]
                else if (section == "USES" && word[i] != "") print name, word[i]
            }
            print name, name
        }
    }' CMakeLists.txt | sort -u >/tmp/layers.$$
trap 'rm -f /tmp/layers.$$' EXIT
bad=0 seen=0
for file in $(git ls-files 'src/*/*.[ch]'); do
    folder=$(basename "$(dirname "$file")")
    [ "$folder" = proto ] && continue
    for other in $(sed -n 's|^#include "\([a-z]*\)/.*|\1|p' "$file" | sort -u); do
        seen=$((seen + 1))
        if ! grep -qx "$folder $other" /tmp/layers.$$; then
            echo "$file: $folder may not include $other"
            bad=1
        fi
    done
    if grep -n '#include "\.\./' "$file"; then echo "$file: includes by path"; bad=1; fi
done
[ "$seen" -gt 50 ] || { echo "check_layers: saw only $seen includes: the check itself is broken"; bad=1; }
[ "$bad" = 0 ] && echo "layers: $seen includes, all downwards"
exit $bad
