#!/bin/sh
# Runs one daemon for exactly as long as its starter lives. The starter holds the other end of this script's
# standard input; however it ends (Ctrl-C, a crash, kill -9), that end closes, and the daemon is ended: asked
# first, killed after GRACE_SECONDS. Prints the daemon's process id, and exits with the daemon's status.
# Usage: guard.sh GRACE_SECONDS OUTPUT_FILE COMMAND [ARGUMENT…]
set -u
grace_seconds=$1
output=$2
shift 2

exec 3<&0
"$@" </dev/null >>"$output" 2>&1 3<&- &
daemon=$!

# The watcher is a process of its own, so that it does its work even if this script itself is killed.
{
  while read -r _ <&3; do :; done
  kill -TERM "$daemon"
  tenths=$((grace_seconds * 10))
  while [ "$tenths" -gt 0 ] && kill -0 "$daemon"; do
    sleep 0.1
    tenths=$((tenths - 1))
  done
  kill -KILL "$daemon"
} >/dev/null 2>&1 &
watcher=$!
exec 3<&-
# Told only now: whoever knows the daemon may kill this script, and by then it is watched.
echo "$daemon"
exec >/dev/null 2>&1

wait "$daemon"
status=$?
kill "$watcher"
exit "$status"
