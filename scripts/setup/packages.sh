# Debian packages that a machine may lack: named, and installed only when that was asked for.

apt_updated=0

# need_packages WHAT PACKAGE…
need_packages() {
  what=$1
  shift
  if [ "$install" != 1 ]; then
    say "$what is missing. On Debian: apt-get install $*"
    fail "or run this again with --install (or COEVAL_INSTALL=1), which does that for you"
  fi
  command -v apt-get >/dev/null || fail "$what is missing, and there is no apt-get to install $* with"
  as_root=
  [ "$(id -u)" = 0 ] || as_root=sudo
  if [ "$apt_updated" = 0 ]; then
    say "apt-get update"
    $as_root apt-get update -qq >&2
    apt_updated=1
  fi
  say "$what is missing: apt-get install $*"
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}
