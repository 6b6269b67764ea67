# The npm packages of package-lock.json. The hash of the lockfile that node_modules was made from stands beside them.

need_node_modules() {
  stamp=node_modules/.coeval-lockfile-sha256
  wanted=$(sha256sum package-lock.json | cut -d' ' -f1)
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && [ -x node_modules/.bin/node ]; then return; fi

  command -v npm >/dev/null || need_packages "npm" nodejs npm
  # After somebody's `npm install` the packages are those of the new lockfile already; another `npm ci` would only
  # take them away under whoever is using them.
  if [ ! -x node_modules/.bin/node ] || ! node scripts/setup/installed.mjs; then
    say "npm ci: about 350 MB of packages into node_modules, once for each lockfile"
    npm ci --no-fund --no-audit >&2
  fi
  [ -x node_modules/.bin/node ] || fail "npm ci brought no node_modules/.bin/node: this processor ($(uname -m)) has no package of it"
  echo "$wanted" >"$stamp"
}
