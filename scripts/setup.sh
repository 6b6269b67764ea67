#!/bin/sh
# Makes a fresh machine ready, then runs a command with the repository's own tools first in PATH.
# Usage: scripts/setup.sh node|clusters|all -- COMMAND [ARGUMENT…]
#   node      the npm packages of the lockfile (among them Node itself)
#   clusters  and Java 17, Maven and the jars of the real clusters
#   all       and chrony and Kerberos, which tests need besides
# With --install among the words, or COEVAL_INSTALL=1, missing Debian packages are installed; otherwise they are named.
# On a machine that is ready this costs some milliseconds: it looks, and fetches nothing.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
caller=$(pwd)
. "$root/scripts/setup/packages.sh"
. "$root/scripts/setup/node.sh"
. "$root/scripts/setup/java.sh"
. "$root/scripts/setup/chrony.sh"
. "$root/scripts/setup/kerberos.sh"

say() { echo "setup: $*" >&2; }
fail() { say "$*"; exit 1; }

mode=${1:-}
case $mode in
node | clusters | all) shift ;;
*) fail "usage: scripts/setup.sh node|clusters|all -- COMMAND [ARGUMENT…]" ;;
esac

# --install is for this script, wherever it stands: `npm test -- --install` puts it last.
install=${COEVAL_INSTALL:-0}
words=$#
while [ "$words" -gt 0 ]; do
  word=$1
  shift
  words=$((words - 1))
  if [ "$word" = --install ]; then install=1; else set -- "$@" "$word"; fi
done
[ "${1:-}" = -- ] || fail "usage: scripts/setup.sh $mode -- COMMAND [ARGUMENT…]"
shift

cd "$root"
need_node_modules
if [ "$mode" != node ]; then
  need_java
  need_maven
  need_class_paths
fi
if [ "$mode" = all ]; then
  need_chrony
  need_kerberos
fi
cd "$caller"

PATH="$root/node_modules/.bin:$PATH"
export PATH
[ $# -eq 0 ] || exec "$@"
