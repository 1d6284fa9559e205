# For the scripts that install what tests need: a function that runs a command with its output in the file $log.

# run WHAT COMMAND…: runs a command quietly; if it fails, reports what was being installed and why it failed.
run() {
    what=$1
    shift
    echo "setup: $what" >&2
    if ! timeout --kill-after=10 600 "$@" >>"$log" 2>&1; then
        tail -n 15 "$log" >&2
        echo "setup: FAILED: $what. This step needs the network (or a mirror); the full output is in $log" >&2
        exit 1
    fi
}
