# steps: the words of ./dev, each a few lines. Sourced from the top of the tree.

BUILD=build
CACHE=${OTSPIPE_CACHE:-$HOME/.cache/otspipe}
export OTSPIPE_CACHE=$CACHE

# What the product is built from, and what its tests run with: Debian 12 packages.
PACKAGES_BUILD="gcc cmake ninja-build pkg-config libuv1-dev librdkafka-dev libcurl4-openssl-dev libssl-dev
    libprotobuf-c-dev protobuf-c-compiler libcjson-dev libyaml-dev libmicrohttpd-dev libcmocka-dev zlib1g-dev ca-certificates"
PACKAGES_TEST="clang-14 clang-tidy-14 clang-format-14 libclang-rt-14-dev cppcheck valgrind universal-ctags
    python3 python3-venv curl git patch"

dev_help()
{
    cat <<'WORDS'
./dev install   the Debian packages that building and testing need
./dev build     the release binary: build/release/otspipe
./dev test      everything a change must pass (./dev test SUITE... for some: lint build unit sanitize fuzz e2e tidy)
./dev bench     benchmarks, each against the others in one run (./dev bench flow, ./dev bench micro)
./dev fuzz      fuzzing, SECONDS a parser: ./dev fuzz 600 [parser]
./dev sim       the simulator: ./dev sim --seeds 10000, ./dev sim --seed 42 --verbose
./dev format    clang-format over our own code
./dev tidy      clang-tidy, cppcheck, -fanalyzer: zero findings
./dev clean     the build folders
WORDS
}

say() { printf '\n== %s\n' "$*"; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Installs what is not there; asks the package lists only when something is missing.
need_packages()
{
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing ${missing[*]}"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# A command that a machine may have from elsewhere; else the package.
need_command() { command -v "$1" >/dev/null || need_packages "$2"; }

dev_install() { need_packages $PACKAGES_BUILD; }

dev_install_test()
{
    need_packages $PACKAGES_TEST
    need_command java openjdk-17-jre-headless
    need_command mvn maven
    need_command node nodejs
    need_command npm npm
}

# configure_build FOLDER [cmake options]: configured once, built when something changed.
configure_build()
{
    local folder=$BUILD/$1
    shift
    cmake -S . -B "$folder" -G Ninja "$@" >"$folder.log" 2>&1 || { cat "$folder.log"; return 1; }
    ninja -C "$folder" | tail -n 1
}

dev_build() { mkdir -p $BUILD && configure_build release; }

dev_clean() { rm -rf $BUILD; }

own_code() { git ls-files 'src/*.[ch]' 'tests/*.[ch]' 'bench/*.[ch]'; }

dev_format() { own_code | xargs clang-format-14 -i; }

dev_sim() { $BUILD/release/sim_run "$@"; }

dev_bench()
{
    dev_build
    case "${1:-micro}" in
        micro) for program in $BUILD/release/bench_*; do case $program in *bench_flow_*) ;; *) "$program" ;; esac; done ;;
        flow)  shift; bench/flow/run "$@" ;;
        *)     echo "dev bench: micro or flow" >&2; return 2 ;;
    esac
}

# Fuzzing with clang's libFuzzer under address and undefined-behaviour checks.
dev_fuzz()
{
    local seconds=${1:-60} only=${2:-} name
    dev_install_test
    mkdir -p $BUILD
    configure_build fuzz -DCMAKE_C_COMPILER=clang-14 -DCMAKE_BUILD_TYPE=Debug \
        -DOTSPIPE_FUZZ=ON -DOTSPIPE_SANITIZE=address,undefined
    for name in $(ls tests/fuzz/corpus); do
        [ -z "$only" ] || [ "$only" = "$name" ] || continue
        say "fuzz $name, $seconds s"
        mkdir -p "$BUILD/fuzz/found/$name"
        $BUILD/fuzz/fuzz_$name -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
            -artifact_prefix="$BUILD/fuzz/found/" "$BUILD/fuzz/found/$name" "tests/fuzz/corpus/$name" \
            >"$BUILD/fuzz/$name.log" 2>&1 || { tail -n 40 "$BUILD/fuzz/$name.log"; return 1; }
        grep -E 'stat::(number_of_executed_units|new_units_added)' "$BUILD/fuzz/$name.log" | tr '\n' ' '
    done
}

. dev.d/suites.sh
