#!/usr/bin/env bash
# Proves a frozen build: runs its own example from the command line and in the window, without
# network where the system lets us cut it off, without a screen, and with an empty environment.
# Usage: installer/smoke.sh [--no-build | TREE]
#     --no-build    take dist/tlgui as it is
#     TREE          take this folder, which holds the program tlgui
# Exit codes: 0 everything works, 1 it does not (and said why), 2 wrong usage.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
me=$here/$(basename "$0")

# A screen in memory, where there is one: then the window is drawn as on a real one.
if [[ -z ${SMOKE_SCREEN:-} ]] && command -v xvfb-run >/dev/null; then
    SMOKE_SCREEN=1 exec xvfb-run -a -s "-screen 0 1280x800x24" bash "$me" "$@"
fi

fail() {
    echo "smoke: $*" >&2
    exit 1
}

now() {
    echo "${EPOCHREALTIME:-$(perl -MTime::HiRes=time -e 'printf "%.6f", time')}"
}

since() {
    awk "BEGIN { printf \"%.1f\", $(now) - $1 }"
}

# number PREFIX FILE: the first number that follows the prefix in a file of JSON
number() {
    tr -d ' \n' <"$2" | grep -o "$1[-+.0-9e]*" | sed -n 1p | grep -o '[-+.0-9e]*$'
}

# holds CONDITION: compare numbers with decimals
holds() {
    awk "BEGIN { exit !($1) }"
}

# A process that has ended and that nobody has asked about yet is not alive.
alive() {
    kill -0 "$1" 2>/dev/null && ! grep -qs '^State:.*Z' "/proc/$1/status"
}

children() {
    cat "/proc/$1/task/"*/children 2>/dev/null || pgrep -P "$1" || true
}

megabytes() {
    du -sm "$1" | cut -f1
}

# row WHAT NUMBER: one line of the table, with the number's first digits
row() {
    rows+="$(printf '%-42s %6.5s' "$1" "$2")"$'\n'
}

# What to prove.

case ${1:-} in
"") "$here/build"; tree=$here/../dist/tlgui ;;
--no-build) tree=$here/../dist/tlgui ;;
-*) echo "Usage: installer/smoke.sh [--no-build | TREE]" >&2 && exit 2 ;;
*) tree=$1 ;;
esac
[[ -x $tree/tlgui ]] || fail "there is no program in $tree; build it with installer/build"
tree=$(cd "$tree" && pwd -P)
program=$tree/tlgui
example=$tree/_internal/resources/examples/pictures
texts=$tree/_internal/resources/examples/texts
export LC_ALL=C # a decimal point in numbers

# Where: an empty environment, a home of its own, no network.

work=$(mktemp -d)
home=$work/home/tlgui
mkdir -p "$work/home"
rows="" window="" engine="" engines="" done=""

# Ends what this script started and is still there, by its id; keeps the logs of a failure.
clean_up() {
    local id
    for id in $window $engine $engines; do
        # an id may meanwhile belong to somebody else
        if [[ $(ps -o args= -p "$id" 2>/dev/null) == "$program"* ]]; then kill -9 "$id" || true; fi
    done
    if [[ $done ]]; then rm -rf "$work"; else echo "smoke: the logs are in $work" >&2; fi
}
trap clean_up EXIT

bare=(env -i "HOME=$work/home" "TLGUI_HOME=$home" "TMPDIR=$work" PATH=/usr/bin:/bin LANG=C.UTF-8)
plugin=$tree/_internal/PySide6/Qt/plugins/platforms/libqxcb.so
if [[ ${SMOKE_SCREEN:-} && ${DISPLAY:-} ]] && ! ldd "$plugin" 2>/dev/null | grep -q 'not found'
then
    bare+=("DISPLAY=$DISPLAY" "XAUTHORITY=${XAUTHORITY:-}")
    screen="a screen in memory"
else
    bare+=(QT_QPA_PLATFORM=offscreen)
    screen="no screen"
fi
network="with network"
for cut in "unshare -n" "unshare -rn"; do
    # shellcheck disable=SC2206 # a command and its option are two words
    if $cut true 2>/dev/null; then bare+=($cut) && network="without network" && break; fi
done
echo "== $program, $network, with $screen"

# step NAME ARGUMENTS...: run one command to its end; its output is then in $work/NAME.out
step() {
    local name=$1 bounded=(env)
    shift
    echo "== tlgui $1"
    if command -v timeout >/dev/null; then bounded=(timeout 900); fi
    "${bounded[@]}" "${bare[@]}" "$program" "$@" \
        >"$work/$name.out" 2>"$work/$name.err" </dev/null ||
        fail "tlgui $1 ended with exit code $?: $(tail -n 3 "$work/$name.out" "$work/$name.err")"
}

# train_well NAME ARGUMENTS...: train, and be better than always saying the same class
train_well() {
    local name=$1 accuracy baseline
    shift
    step "$name" train "$@" --json --run "$work/$name"
    tail -n 1 "$work/$name.out" | grep -q '"run_finished"' ||
        fail "the last line of the training $name is not run_finished"
    accuracy=$(number '"accuracy":{"value":' "$work/$name/evaluation/evaluation.json") ||
        fail "the training $name has no accuracy"
    baseline=$(number '"majority_baseline":' "$work/$name/evaluation/evaluation.json")
    holds "$accuracy > $baseline" ||
        fail "the training $name is right in $accuracy, always the same class in $baseline"
    row "$name: accuracy on unseen samples" "$accuracy"
    row "$name: always the same class" "$baseline"
}

# export_well NAME [FORMAT]: export a training and let a fresh process answer with the file
export_well() {
    local agreement format=${2:-keras}
    local bundle=$work/$1-$format
    step "$1-$format" export "$work/$1" --format "$format" --to "$bundle" --json
    agreement=$(number '"label_agreement":' "$bundle/certificate.json") ||
        fail "the exported model of $1 has no certificate as $format"
    holds "$agreement >= 0.99" || fail "the exported model of $1 agrees in only $agreement"
    row "$1: agreement as $format" "$agreement"
}

# The command line.

row "size of everything, MB" "$(megabytes "$tree")"
row "size of TensorFlow, MB" "$(megabytes "$tree/_internal/tensorflow")"
row "size of Qt, MB" "$(megabytes "$tree/_internal/PySide6")"

begin=$(now)
step version --version
row "tlgui --version, s" "$(since "$begin")"
step doctor doctor
if grep unknown "$work/doctor.out"; then fail "the build does not know its versions"; fi

train_well head "$example"
row "head: first accuracy, s" "$(number '"elapsed_s":' "$work/head.out")"
for format in keras onnx litert saved_model openvino; do export_well head "$format"; done

pictures=()
few=$work/few
for class in "$example"/*/; do
    mkdir -p "$few/$(basename "$class")"
    count=0
    for picture in "$class"*; do
        cp "$picture" "$few/$(basename "$class")"
        count=$((count + 1))
        [[ $count -lt 10 ]] || break
    done
    pictures+=("$picture")
done
step review review "$work/head" --json
[[ -s $work/head/review/suspects.csv ]] || fail "tlgui review left no table of doubtful labels"
step compare compare "$work/head" "$work/head" --json
step predict predict "$work/head" "${pictures[@]}" --csv "$work/answers.csv" --json
[[ $(wc -l <"$work/answers.csv") -eq $((${#pictures[@]} + 1)) ]] ||
    fail "tlgui predict did not answer each of ${#pictures[@]} pictures"
step bundle predict "$work/head-onnx" "${pictures[@]}" --csv "$work/bundle.csv" --json
[[ $(wc -l <"$work/bundle.csv") -eq $((${#pictures[@]} + 1)) ]] ||
    fail "the exported model did not answer each of ${#pictures[@]} pictures"
step explain explain "$work/head" "${pictures[0]}" --to "$work/reasons" --json
step report report "$work/head" --to "$work/report.html" --json
step script script "$work/head" --to "$work/script.py" --json
[[ -s $work/head/energy.json ]] || fail "the training head did not keep what energy it took"

begin=$(now)
train_well all "$few" --strategy head_then_all --epochs 1
row "all: training of ${#pictures[@]} x 10 pictures, s" "$(since "$begin")"
tr -d ' ' <"$work/all.out" | grep '"epoch_ended"' | grep '"learning_rates":\[[0-9]' >/dev/null ||
    fail "head_then_all took no gradient step"
export_well all

few_texts=$work/few-texts
for class in "$texts"/*/; do
    mkdir -p "$few_texts/$(basename "$class")"
    # not head, which ends first: sort would be told off for what it still writes
    find "$class" -name '*.txt' | sort | sed -n 1,12p |
        while read -r file; do cp "$file" "$few_texts/$(basename "$class")"; done
done
train_well texts "$texts"
train_well texts-all "$few_texts" --strategy head_then_all --epochs 1
export_well texts-all
export_well texts keras_hub
step texts-predict predict "$work/texts-all" "$few_texts" --csv "$work/texts.csv" --json

# An engine that waits.

echo "== tlgui --engine -"
mkfifo "$work/requests"
exec 3<>"$work/requests"
begin=$(now)
"${bare[@]}" "$program" --engine - <"$work/requests" >"$work/engine.out" 2>"$work/engine.err" 3>&- &
engine=$!
until grep -q '"device_reported"' "$work/engine.out"; do
    alive "$engine" || fail "the engine ended: $(tail -n 3 "$work/engine.err")"
    holds "$(since "$begin") < 120" || fail "the engine was not ready after 120 s"
    sleep 0.05
done
row "engine ready, s" "$(since "$begin")"
exec 3>&-
wait "$engine" || fail "the idle engine ended with exit code $?"
engine=""

# The window.

echo "== tlgui --example"
begin=$(now)
"${bare[@]}" "$program" --example >"$work/window.log" 2>&1 </dev/null &
window=$!
events=$home/runs/pictures-1/events.jsonl

# await SECONDS WHAT COMMAND...: until the command succeeds; remembers the window's engines
await() {
    local limit=$1 what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        alive "$window" || fail "the window ended: $(tail -n 3 "$work/window.log")"
        holds "$(since "$begin") < $limit" || fail "$what took more than $limit s"
        engines+=" $(children "$window")"
        sleep 0.05
    done
}

# the window shows itself and then, in the same breath, asks for the scan
await 60 "opening the window" test -s "$home/jobs/scan-1/job.json"
row "window: shown, s" "$(since "$begin")"
await 120 "scanning the example" grep -q '"scan_finished"' "$home/jobs/scan-1/events.jsonl"
row "window: example scanned, s" "$(since "$begin")"
await 300 "the first accuracy" grep -q '"first_result"' "$events"
row "window: first accuracy, s" "$(since "$begin")"
await 300 "training in the window" grep -qE '"run_(finished|failed|stopped)"' "$events"
grep -q '"run_finished"' "$events" || fail "the window's run failed: $(tail -n 1 "$events")"
row "window: run finished, s" "$(since "$begin")"

echo "== the end of the window"
sleep 1 # by now it warms up the next engine
# shellcheck disable=SC2046,SC2086 # one word per process
engines=$(printf '%s\n' $engines $(children "$window") | sort -u)
kill -TERM "$window"
begin=$(now)
for id in $window $engines; do
    while alive "$id"; do
        holds "$(since "$begin") < 60" || fail "process $id stays behind the window"
        sleep 0.1
    done
done
row "window: everything ended, s" "$(since "$begin")"
window="" engines=""

done=1
echo
printf '%s' "$rows"
