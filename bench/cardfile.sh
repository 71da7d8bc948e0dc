# Part of bench/run: folders with contacts, and the server beside which everything else is measured.

server_pid=''

# filled CONTACTS [CUSTOM_SIZE]: a folder with so many, made once: another schema or another population makes another one.
filled() {
  local version folder name=filled-$1${2:+-custom-$2}
  version=$(cat "$root"/src/store/sqlite/migrations/*.sql "$root"/src/store/sqlite/search_file.cpp \
    "$root"/bench/population.h "$root"/bench/filling.cpp "$root"/bench/fill.cpp | sha256sum | cut -c 1-8)
  folder=$work/$name-$version
  if [[ ! -d $folder ]]; then
    say "filling a folder with $1 contacts"
    rm -rf "$work/$name".part "$work/$name"-????????
    "$programs/cardfile-fill" --data "$work/$name.part" --contacts "$1" ${2:+--custom-size "$2"} >&2
    mv "$work/$name.part" "$folder"
  fi
  echo "$folder"
}

# copy_for NAME CONTACTS [CUSTOM_SIZE]: data-NAME, for one contender to write to.
copy_for() {
  local from
  from=$(filled "${@:2}")
  rm -rf "$work/data-$1"
  cp -r --reflink=auto "$from" "$work/data-$1"
}

# wait_for_port FILE: until the server of `server_pid` has written where it answers.
wait_for_port() {
  while [[ ! -s $1 ]]; do
    kill -0 "$server_pid" 2> /dev/null || { say "the server did not start"; exit 1; }
    sleep 0.05
  done
  port=$(cat "$1")
}

start_cardfile() {
  # What others wrote is on the disk before anybody is measured.
  sync "$work"
  rm -f "$work/port"
  "$cardfile" serve --listen 127.0.0.1:0 --rate-limit 0 --port-file "$work/port" --data "$work/data-cardfile" >&2 &
  server_pid=$!
  wait_for_port "$work/port"
}

stop_server() {
  [[ -n $server_pid ]] || return 0
  kill "$server_pid"
  wait "$server_pid" || true
  server_pid=''
}

# load MODE ...: what the load program says of the server that runs, as JSON.
load() {
  "$programs/cardfile-load" "$@" --port "$port" --pid "$server_pid" --warmup "$warmup" --seconds "$seconds" --json
}

# Another one each time, so that a write of one run is never taken for that of another. In a file, because runs are parts
# of pipelines, which cannot leave a variable behind.
next_seed() {
  local last=0
  [[ ! -f $results/seed ]] || last=$(cat "$results/seed")
  echo $((last % 9999 + 1)) | tee "$results/seed"
}

# updates CONTACTS CONNECTIONS [OPTION ...]: a run of updates, after which the revisions must add up.
updates() { load update --contacts "$1" --connections "$2" --seed "$(next_seed)" --verify "${@:3}"; }

# updates_by_wrk CONTACTS: the same requests from another program, which cannot tell whether a write was lost.
updates_by_wrk() {
  local contacts=$1
  wrk --threads 1 --connections "$connections" --duration "$(awk -v s="$seconds" 'BEGIN {print int(s + 0.999)}')s" \
    --script "$root/bench/wrk_update.lua" "http://127.0.0.1:$port" -- "$contacts" "$run" | tail -1
}

# memory: of the server at this moment, in MiB.
memory() {
  awk -F '[: \t]+' '/^(VmRSS|RssAnon|RssFile):/ {printf "\"%s\":%.1f,", $1, $2 / 1024} END {print ""}' \
    "/proc/$server_pid/status"
}

# check_cardfile: the folder after all runs on it.
check_cardfile() {
  "$cardfile" check --data "$work/data-cardfile" >&2
}
