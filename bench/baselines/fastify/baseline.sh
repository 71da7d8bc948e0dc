# The update as one would write it in Node, on the same rows: Fastify, better-sqlite3, group commit.

# Everything is compiled here, against the headers that came with node, so that only npm's registry is needed.
fastify_is_there() {
  local here=$root/bench/baselines/fastify stamp
  need node nodejs && need npm npm || return 1
  if [[ ! -f /usr/include/node/node.h ]]; then
    need /usr/include/node/node.h libnode-dev || true
  fi
  lack="node's headers are missing (Debian: libnode-dev, of the version of node)"
  [[ -f /usr/include/node/node.h ]] || return 1
  need make make && need g++ g++ && need python3 python3 || return 1
  stamp="$(node --version) $(sha256sum < "$here/package-lock.json")"
  if [[ $(cat "$work/fastify/installed" 2> /dev/null) != "$stamp" ]]; then
    lack="npm could not install its packages; see $work/fastify.log"
    [[ $install == yes ]] || { lack="its npm packages are not installed"; return 1; }
    say "installing Fastify and compiling better-sqlite3"
    rm -rf "$work/fastify"
    mkdir -p "$work/fastify"
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$work/fastify"
    (cd "$work/fastify" && npm ci) > "$work/fastify.log" 2>&1 || return 1
    lack="better-sqlite3 could not be compiled; see $work/fastify.log"
    (cd "$work/fastify" && npm_config_nodedir=/usr npm_config_build_from_source=true \
      npm rebuild better-sqlite3 --ignore-scripts=false && node -e 'new (require("better-sqlite3"))(":memory:")') \
      >> "$work/fastify.log" 2>&1 || return 1
    echo "$stamp" > "$work/fastify/installed"
  fi
  cp "$here/server.mjs" "$work/fastify"
}

fastify_version() {
  echo "node $(node --version), $(cd "$work/fastify" && node -p '["fastify", "better-sqlite3"].map((name) =>
    name + " " + JSON.parse(require("fs").readFileSync("node_modules/" + name + "/package.json")).version).join(", ")')"
}

fastify_prepare() { copy_for fastify "$at"; }

start_fastify() {
  sync "$work"
  rm -f "$work/port"
  NODE_ENV=production node "$work/fastify/server.mjs" "$work/data-fastify" "$work/port" >&2 &
  server_pid=$!
  wait_for_port "$work/port"
}

fastify_measure() {
  start_fastify
  updates "$at" "$connections" | record fastify
  stop_server
}

fastify_finish() { rm -rf "$work/data-fastify"; }
