# steps: the words of ./dev, each a few lines. Sourced from the top of the tree.

BUILD=build
CACHE=${OTSPIPE_CACHE:-$HOME/.cache/otspipe}
export OTSPIPE_CACHE=$CACHE

# What the product is built from, what checks and tests it, and what the whole-program tests need on top: Debian 12 packages.
PACKAGES_BUILD="gcc cmake ninja-build pkg-config libuv1-dev librdkafka-dev libcurl4-openssl-dev libssl-dev
    libprotobuf-c-dev protobuf-c-compiler libcjson-dev libyaml-dev libmicrohttpd-dev libpcre2-dev libsqlite3-dev libcmocka-dev zlib1g-dev ca-certificates"
PACKAGES_TEST="clang-14 clang-tidy-14 clang-format-14 libclang-rt-14-dev cppcheck universal-ctags git patch"
PACKAGES_E2E="python3 python3-venv curl groff-base man-db"

dev_help()
{
    cat <<'WORDS'
./dev install   the Debian packages that building and testing need
./dev demo      builds, then shows otspipe at work: no broker, no account, no configuration needed (./dev demo --help)
./dev build     the release binary: build/release/otspipe
./dev test      everything a change must pass (./dev test SUITE... for some: lint build unit count sanitize thread fuzz tidy e2e)
./dev bench     benchmarks: micro (times, then instructions a record), flow (the whole path), count (instructions alone),
                --compare REV (against another commit)
./dev fuzz      fuzzing with fresh seeds, a minute or SECONDS a parser: ./dev fuzz 600 [parser...]
./dev sim       the simulator: ./dev sim --seeds 10000, ./dev sim --seed 42 --verbose
./dev format    clang-format over our own code
./dev tidy      clang-tidy, cppcheck, -fanalyzer: zero findings
./dev valgrind  unit tests, fuzz corpora and a small demo under valgrind: what the sanitizers cannot see (ten minutes)
./dev clean     the build folders
WORDS
}

say() { printf '\n== %s\n' "$*"; }

# quiet LOG COMMAND...: what it says goes into the log, and is shown when it fails.
quiet()
{
    local log=$1
    shift
    "$@" >"$log" 2>&1 || { tail -n 300 "$log"; return 1; }
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Installs what is not there; asks the package lists only when something is missing.
need_packages()
{
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing ${#missing[@]} Debian packages, a minute or two: ${missing[*]}"
    mkdir -p $BUILD
    quiet $BUILD/apt.log as_root apt-get update -qq
    quiet $BUILD/apt.log as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

# A command that a machine may have from elsewhere; else the package.
need_command() { command -v "$1" >/dev/null || need_packages "$2"; }

dev_install() { need_packages $PACKAGES_BUILD; }

dev_install_test() { need_packages $PACKAGES_BUILD $PACKAGES_TEST; }

dev_install_e2e()
{
    need_packages $PACKAGES_E2E
    need_command java openjdk-17-jdk-headless
    need_command javac openjdk-17-jdk-headless
    need_command mvn maven
    need_command node nodejs
    need_command npm npm
    need_command go golang-go
}

# configure_build FOLDER "TARGETS" [cmake options]: configured, and built what changed; no targets: all.
configure_build()
{
    local folder=$BUILD/$1 targets=$2
    shift 2
    mkdir -p "$folder"
    quiet "$folder/configure.log" cmake -S . -B "$folder" -G Ninja "$@"
    build_folder "$folder" $targets
}

# A person sees ninja count; a log gets a line, and the rest when it fails.
build_folder()
{
    local folder=$1
    shift
    if [ -t 1 ]; then
        ninja -C "$folder" "$@"
        return
    fi
    ninja -C "$folder" -n "$@" | grep -q 'no work to do' || say "building $folder"
    quiet "$folder/build.log" ninja -C "$folder" "$@"
}

dev_build() { configure_build release otspipe; }

dev_clean() { rm -rf $BUILD; }

own_code() { git ls-files 'src/*.[ch]' 'tests/*.[ch]' 'bench/*.[ch]'; }

dev_format()
{
    need_packages $PACKAGES_TEST
    own_code | xargs clang-format-14 -i
}

dev_sim()
{
    configure_build release sim_run
    $BUILD/release/sim_run "$@"
}

dev_bench()
{
    configure_build release ""
    case "${1:-micro}" in
        micro)
            need_packages valgrind python3
            for program in $BUILD/release/bench_*; do case $program in *bench_flow_*) ;; *) "$program" ;; esac; done
            bench/count ;;
        flow)  shift; bench/flow/run "$@" ;;
        count) shift; need_packages valgrind; bench/count "$@" ;;
        --compare) shift; need_packages valgrind; bench/compare "$@" ;;
        *)     echo "dev bench: micro, flow, count or --compare REV" >&2; return 2 ;;
    esac
}

. dev.d/fuzz.sh
. dev.d/tidy.sh
. dev.d/suites.sh
