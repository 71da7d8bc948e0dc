#!/usr/bin/env bash
# Measures queries over many contacts, one at a time, and prints a table for bench/RESULTS.md. Fails when an answer is an
# error; how long anything takes decides nothing.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: bench/queries.sh --data FOLDER [OPTIONS]
  --data FOLDER   A folder that cardfile-fill made; it is copied
  --runs N        Times that each query is asked, of which the median and the longest are printed (default 9)
  --cardfile FILE The server (default build/release/src/cli/cardfile)
USAGE
}

root=$(cd "$(dirname "$0")/.." && pwd)
folder='' runs=9 cardfile=$root/build/release/src/cli/cardfile
while [ $# -gt 0 ]; do
  case $1 in
    --data) folder=$2; shift 2 ;;
    --runs) runs=$2; shift 2 ;;
    --cardfile) cardfile=$2; shift 2 ;;
    --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
[ -d "$folder" ] || { usage >&2; exit 2; }
work=$(mktemp -d "${TMPDIR:-/tmp}/cardfile-queries-XXXXXX")
server_pid=''

clean_up() {
  [ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null || true
  wait
  rm -rf "$work"
}
trap clean_up EXIT

start_server() {
  cp -r --reflink=auto "$folder" "$work/data"
  CARDFILE_LOG_LEVEL=error "$cardfile" serve --listen 127.0.0.1:0 --rate-limit 0 --port-file "$work/port" \
    --data "$work/data" &
  server_pid=$!
  while [ ! -s "$work/port" ]; do
    kill -0 "$server_pid" || { echo "queries.sh: the server did not start" >&2; exit 1; }
    sleep 0.05
  done
  port=$(cat "$work/port")
}

# The server's processor time so far, in ms.
cpu_ms() { awk -v ticks="$(getconf CLK_TCK)" '{sub(/.*\) /, ""); print 1000 * ($12 + $13) / ticks}' "/proc/$server_pid/stat"; }

# ask TITLE PATH BODY: a line of the table.
ask() {
  local answer begin=$(cpu_ms) times=''
  for _ in $(seq "$runs"); do
    answer=$(curl -s -o "$work/answer" -w '%{http_code} %{time_total}' -H 'Authorization: Bearer cardfile-bench-key' \
      -d "$3" "http://127.0.0.1:$port$2")
    [ "${answer%% *}" = 200 ] || { echo "queries.sh: $1: $answer $(cat "$work/answer")" >&2; exit 1; }
    times+="${answer#* }"$'\n'
  done
  printf '%s' "$times" | sort -n | awk -v title="$1" -v cpu="$(cpu_ms)" -v begin="$begin" '
    {v[NR] = 1000 * $1}
    END {printf "| %s | %.1f ms | %.1f ms | %.0f ms |\n", title, v[int((NR + 1) / 2)], v[NR], (cpu - begin) / NR}'
}

start_server
sleep 1
awk '/^VmRSS:/ {printf "Memory before the queries: %.1f MiB.\n\n", $2 / 1024}' "/proc/$server_pid/status"
echo '| | median | longest | CPU |'
echo '| --- | --- | --- | --- |'
list=/v1/contacts count=/v1/contacts/count
ask 'page by `updated`' $list '{}'
ask 'page by `id`' $list '{"order":"id"}'
ask 'page by `first`' $list '{"order":"first"}'
ask 'page by `last`, descending' $list '{"order":"last","ascending":false}'
ask 'page by `display_name`' $list '{"order":"display_name"}'
ask 'page by `created`' $list '{"order":"created"}'
ask 'page 30,000 by `updated`' $list '{"page":30000}'
ask 'page 30,000 by `first`' $list '{"order":"first","page":30000}'
ask 'search by phone (v2)' /v2/contacts/search '{"contact_channels":[{"channel_ids":["15557368787"]}]}'
ask 'get by phone (v1)' /v1/contact/get '{"phone":"15557368787"}'
ask 'count' $count '{}'
ask 'count since a date' $count '{"date":"2020-01-01T00:00:00Z"}'
ask 'count of a user' $count '{"assigned":1}'
ask 'filter: a phone' $list '{"filter":"5557368787"}'
ask 'filter: six digits of a phone' $list '{"filter":"368787"}'
ask 'filter: a phone with punctuation' $list '{"filter":"+1 (555) 736-8787"}'
ask 'filter: an e-mail address, of which all share a half' $list '{"filter":"okonkwo.5557368787@"}'
ask 'filter: nobody' $list '{"filter":"nobody at all"}'
ask 'filter: everybody' $list '{"filter":"okonkwo"}'
ask 'filter: everybody, by `last`' $list '{"filter":"okonkwo","order":"last"}'
ask 'filter: two characters, nobody' $list '{"filter":"zz"}'
ask 'count of a filter: few' $count '{"filter":"368787"}'
ask 'count of a filter: everybody' $count '{"filter":"okonkwo"}'
echo
awk '/^Vm(RSS|HWM):/ {printf "%s %.1f MiB  ", $1, $2 / 1024} END {print ""}' "/proc/$server_pid/status" >&2
