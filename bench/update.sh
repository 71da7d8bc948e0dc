#!/usr/bin/env bash
# Measures the update of a contact beside nginx answering nothing, in alternating runs, and prints a table for
# bench/RESULTS.md. Fails when an answer is an error or a write is lost; how long anything takes decides nothing.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: bench/update.sh [OPTIONS]
  --contacts "N ..."   Sizes of the data folder (default "10000 1000000")
  --runs N             Runs of each, of which medians are printed (default 5)
  --seconds S          Length of a run (default 5)
  --connections N      Connections (default 64)
  --build DIR          Build folder (default build/release, configured and built first)
  --work DIR           Where data and raw results go: on the disk to be measured (default build/bench)
USAGE
}

root=$(cd "$(dirname "$0")/.." && pwd)
sizes="10000 1000000" runs=5 seconds=5 connections=64 build=$root/build/release work=$root/build/bench
while [ $# -gt 0 ]; do
  case $1 in
    --contacts) sizes=$2; shift 2 ;;
    --runs) runs=$2; shift 2 ;;
    --seconds) seconds=$2; shift 2 ;;
    --connections) connections=$2; shift 2 ;;
    --build) build=$2; shift 2 ;;
    --work) work=$2; shift 2 ;;
    --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
mkdir -p "$work"
work=$(cd "$work" && pwd)
results=$work/results
nginx=$(command -v nginx || echo /usr/sbin/nginx)
server_pid='' nginx_pid=''
# What it logs about starting and stopping is not what is asked for here.
export CARDFILE_LOG_LEVEL=error

say() { echo "update.sh: $*" >&2; }

clean_up() {
  [ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null || true
  [ -z "$nginx_pid" ] || kill "$nginx_pid" 2>/dev/null || true
  wait
  rm -rf "$work/data"
}
trap clean_up EXIT

install_nginx() {
  [ -x "$nginx" ] && return
  say "installing nginx"
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get install -y -qq nginx >&2
  # Its package starts a server on port 80, which nobody asked for.
  "${as_root[@]}" systemctl disable --now nginx >/dev/null 2>&1 || "${as_root[@]}" service nginx stop >&2 || true
}

build_programs() {
  [ -f "$build/build.ninja" ] || cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release >&2
  cmake --build "$build" -j "$(nproc)" \
    --target cardfile cardfile-load cardfile-fill cardfile-fdatasync cardfile-cold-start >&2
  cardfile=$build/src/cli/cardfile
  load=$build/bench/cardfile-load
}

# The folder with $1 contacts, made once: another schema or another population makes another one.
filled() {
  local version folder
  version=$(cat "$root"/src/store/sqlite/migrations/*.sql "$root"/src/store/sqlite/search_file.cpp \
    "$root"/bench/population.h | sha256sum | cut -c 1-8)
  folder=$work/filled-$1-$version
  if [ ! -d "$folder" ]; then
    say "filling a folder with $1 contacts"
    rm -rf "$folder.part"
    "$build/bench/cardfile-fill" --data "$folder.part" --contacts "$1"
    mv "$folder.part" "$folder"
  fi
  echo "$folder"
}

# Leaves no writing behind for the runs to wait for.
copy_of() {
  rm -rf "$work/data"
  cp -r --reflink=auto "$(filled "$1")" "$work/data"
  sync
}

start_server() {
  rm -f "$work/port"
  "$cardfile" serve --listen 127.0.0.1:0 --rate-limit 0 --port-file "$work/port" --data "$work/data" &
  server_pid=$!
  while [ ! -s "$work/port" ]; do
    kill -0 "$server_pid" || { say "the server did not start"; exit 1; }
    sleep 0.05
  done
  port=$(cat "$work/port")
}

stop_server() {
  kill "$server_pid"
  wait "$server_pid"
  server_pid=''
}

start_nginx() {
  mkdir -p "$work/nginx"
  nginx_port=$((20000 + RANDOM % 20000))
  sed -e "s#@FOLDER@#$work/nginx#; s#@PORT@#$nginx_port#" "$root/bench/nginx.conf.in" >"$work/nginx/nginx.conf"
  "$nginx" -e "$work/nginx/error.log" -c "$work/nginx/nginx.conf" &
  nginx_pid=$!
  # Its workers come a moment after it.
  sleep 0.5
  kill -0 "$nginx_pid" || { say "nginx did not start; see $work/nginx/error.log"; exit 1; }
}

# memory NAME: adds the server's memory at this moment, in MiB, to the results.
memory() {
  awk -F '[: \t]+' '/^(VmRSS|RssAnon|RssFile):/ {printf "\"%s\":%.1f,", $1, $2 / 1024} END {print ""}' \
    "/proc/$server_pid/status" >>"$results/$size-$1"
}

# cardfile_run NAME MODE ...: adds what the load program prints to the results.
cardfile_run() {
  local name=$1
  shift
  "$load" "$@" --port "$port" --pid "$server_pid" --contacts "$size" --seconds "$seconds" --json >>"$results/$size-$name"
}

# One series: a folder of $size contacts, all runs on it.
measure_size() {
  copy_of "$size"
  start_server
  sleep 1
  memory idle
  local run fresh=--fresh
  for run in $(seq "$runs"); do
    say "$size contacts, run $run of $runs"
    "$load" plain-put --port "$nginx_port" --pid "$nginx_pid" --connections "$connections" --seconds "$seconds" \
      --json >>"$results/$size-nginx"
    (sleep "$seconds" && memory busy) &
    cardfile_run update update --connections "$connections" --seed "$run" --verify $fresh
    fresh=''
    cardfile_run get get --connections "$connections" --seed "$run"
    cardfile_run get-v2 get-v2 --connections "$connections" --seed "$run"
    "$build/bench/cardfile-fdatasync" "$work" --seconds 1 --json >>"$results/$size-append"
    "$build/bench/cardfile-fdatasync" "$work" --seconds 1 --overwrite --json >>"$results/$size-overwrite"
    cardfile_run single update --connections 1 --seed $((1000 + run)) --verify
  done
  stop_server
  printf '{"cold_start_ms":%s}\n' "$("$build/bench/cardfile-cold-start" "$cardfile" "$work/data")" >>"$results/$size-start"
  measure_disk "$(filled "$size")"
  "$cardfile" check --data "$work/data" >&2
}

# measure_disk FOLDER: bytes a contact, with the history of its creation and without, the search index included.
measure_disk() {
  local all history
  all=$(du -sb "$1" | cut -f 1)
  history=$(sqlite3 "file:$1/cardfile.db?immutable=1" "SELECT sum(pgsize) FROM dbstat WHERE name = 'change_log'")
  printf '{"all":%d,"rows":%d}\n' $((all / size)) $(((all - history) / size)) >>"$results/$size-disk"
}

# values NAME KEY: that figure of each run, a line each.
values() { sed -n "s/.*\"$2\":\([0-9.]*\).*/\1/p" "$results/$size-$1"; }

median() { sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

# Thousands apart, whatever the locale.
grouped() { sed -e ':more' -e 's/\([0-9]\)\([0-9]\{3\}\)\($\|[^0-9]\)/\1,\2\3/' -e 't more'; }

# cell FORMAT NAME KEY: the median of all runs.
cell() { values "$2" "$3" | median | awk -v format="$1" '{printf format, $1}'; }

# ratio NAME NAME KEY: the median of the ratios of runs that stood side by side.
ratio() { printf '%.2f' "$(paste <(values "$1" "$3") <(values "$2" "$3") | awk '{print $1 / $2}' | median)"; }

# row TITLE COMMAND ...: a line of the table, a column for each size.
row() {
  local title=$1 size
  shift
  printf '| %s |' "$title"
  for size in $sizes; do printf ' %s |' "$("$@")"; done
  echo
}

cells_of_load() {
  echo "$(cell '%.0f/s' "$1" requests_per_second), p50 $(cell '%.0f' "$1" p50_us), p99 $(cell '%.0f' "$1" p99_us) us" |
    grouped
}
cells_of_cpu() { echo "$(cell '%.1f' "$1" server_cpu_us) us"; }
cells_of_sync() { echo "p50 $(cell '%.0f' "$1" p50_us), p99 $(cell '%.0f' "$1" p99_us) us" | grouped; }
cells_of_memory() { echo "$(cell '%.1f' "$1" VmRSS) MiB, $(cell '%.1f' "$1" RssAnon) of them anonymous"; }

print_table() {
  local size
  echo "$(nproc) processors ($(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -1)), Linux $(uname -r)," \
    "$("$nginx" -v 2>&1 | sed 's/.*: //'); $connections connections, medians of $runs runs of $seconds s."
  echo
  printf '| |'
  for size in $sizes; do printf ' %s contacts |' "$(grouped <<<"$size")"; done
  printf '\n| --- |'
  for size in $sizes; do printf ' --- |'; done
  echo
  row 'nginx `return 200`, the same PUT' cells_of_load nginx
  row 'nginx, CPU per request' cells_of_cpu nginx
  row '**update (v1)**' cells_of_load update
  row 'update, CPU per request' cells_of_cpu update
  row 'update, of nginx' ratio update nginx requests_per_second
  row 'get by id (v1)' cells_of_load get
  row 'get by id, CPU per request' cells_of_cpu get
  row 'get by id, of nginx' ratio get nginx requests_per_second
  row 'get by UUID (v2)' cells_of_load get-v2
  row 'get by UUID, CPU per request' cells_of_cpu get-v2
  row 'get by UUID, of nginx' ratio get-v2 nginx requests_per_second
  row '4 KiB append + fdatasync, nothing else' cells_of_sync append
  row 'the same, written over' cells_of_sync overwrite
  row 'update, 1 connection' cells_of_load single
  row 'its p50, of append + fdatasync' ratio single append p50_us
  row 'memory, idle' cells_of_memory idle
  row 'memory, under updates' cells_of_memory busy
  row 'start to ready' cell '%.1f ms' start cold_start_ms
  row 'bytes on disk a contact, before history' cell '%.0f' disk rows
  row 'bytes on disk a contact, with its creation in the history' cell '%.0f' disk all
  echo
  strip -o "$work/cardfile.stripped" "$cardfile"
  echo "Executable, stripped: $(awk -v bytes="$(stat -c %s "$work/cardfile.stripped")" 'BEGIN {printf "%.1f", bytes / 1048576}') MiB."
}

install_nginx
build_programs
rm -rf "$results"
mkdir -p "$results"
start_nginx
for size in $sizes; do measure_size; done
print_table
