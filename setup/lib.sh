# Shared by the set-up scripts; sourced, not run.

say() { printf '%s\n' "$*" >&2; }

# hinted MESSAGE HINT: what is wrong and what to do next, then leave.
hinted() {
    say "error: $1"
    say "hint: $2"
    exit 2
}

# step LABEL COMMAND...: run it with its output in a log, show the elapsed time,
# and the end of the log where it fails.
step() {
    label=$1
    shift
    log=$(mktemp)
    began=$(date +%s)
    "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    trap 'kill $pid 2>/dev/null; wait $pid 2>/dev/null; rm -f "$log"; exit 130' INT TERM
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.5
        took=$(($(date +%s) - began))
        if [ -t 2 ]; then
            printf '\r… %s %ss ' "$label" "$took" >&2
        elif [ "$took" -gt 0 ] && [ $((took % 20)) -eq 0 ]; then
            say "… $label ${took}s"
            sleep 0.6
        fi
    done
    trap - INT TERM
    code=0
    wait "$pid" || code=$?
    took=$(($(date +%s) - began))
    if [ -t 2 ]; then printf '\r\033[K' >&2; fi
    if [ "$code" -eq 0 ]; then
        say "✓ $label ${took}s"
    else
        say "✗ $label ${took}s"
        tail -n 15 "$log" | sed 's/^/  | /' >&2
    fi
    rm -f "$log"
    return "$code"
}
