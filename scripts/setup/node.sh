# The npm packages of package-lock.json. The hash of the lockfile that node_modules was made from stands beside them.

need_node_modules() {
  stamp=node_modules/.coeval-lockfile-sha256
  wanted=$(sha256sum package-lock.json | cut -d' ' -f1)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && [ -x node_modules/.bin/node ]; then return; fi

  command -v npm >/dev/null || need_packages "npm" nodejs npm
  # After somebody's own `npm install` the packages are those of the new lockfile already.
  if [ ! -x node_modules/.bin/node ] || ! node scripts/setup/installed.mjs; then
    say "npm install: about 460 MB into node_modules, once for each lockfile"
    # Not `npm ci`: it refuses a lockfile written where a registry lacks optional packages of other platforms
    # (npm/cli#9846). This takes the lockfile's versions and hashes too, changes it not, and is checked below.
    npm install --no-save --no-fund --no-audit --loglevel=error >&2 || fail "npm install failed, see above"
    node scripts/setup/installed.mjs ||
      fail "node_modules is not what package-lock.json says: run npm install, and commit the lockfile it writes"
  fi
  [ -x node_modules/.bin/node ] || fail "no package brings Node for this processor ($(uname -m)): x86_64 and aarch64 have one"
  echo "$wanted" >"$stamp"
}
