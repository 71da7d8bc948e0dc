# The same update in PostgreSQL, one statement each, by pgbench over a socket: what another database costs, without HTTP.

# It does not run as root; its package brings a user.
as_postgres() {
  if ((EUID == 0)); then runuser -u postgres -- "$@"; else "$@"; fi
}

postgres_is_there() {
  local programs_of_all=/usr/lib/postgresql/*/bin
  if [[ -z $(compgen -G "$programs_of_all/initdb") ]]; then
    need initdb postgresql || [[ -n $(compgen -G "$programs_of_all/initdb") ]] || return 1
  fi
  postgres_bin=$(compgen -G "$programs_of_all" | sort -V | tail -1)
  lack="pgbench is not in $postgres_bin"
  [[ -x $postgres_bin/pgbench ]] || return 1
  lack="PostgreSQL does not run as root, and its user may not enter $work (give --work another folder)"
  as_postgres test -x "$work"
}

postgres_version() { "$postgres_bin/postgres" --version | sed 's/^postgres ([^)]*)/PostgreSQL/; s/ (.*//'; }

postgres_prepare() {
  postgres_finish
  # A socket's name must be short.
  postgres_socket=$(mktemp -d "${TMPDIR:-/tmp}/cardfile-bench-XXXXXX")
  mkdir -p "$work/data-postgres"
  ((EUID != 0)) || chown postgres: "$work/data-postgres" "$postgres_socket"
  as_postgres "$postgres_bin/initdb" --pgdata "$work/data-postgres/cluster" --auth trust --username bench --encoding UTF8 \
    --locale C > "$work/postgres.log"
  as_postgres tee -a "$work/data-postgres/cluster/postgresql.conf" \
    < "$root/bench/baselines/postgres/postgresql.conf" > /dev/null
  start_postgres
  say "filling PostgreSQL with $at contacts"
  sql --set contacts="$at" < "$root/bench/baselines/postgres/schema.sql" > /dev/null
  stop_postgres
}

postgres_do() {
  as_postgres "$postgres_bin/pg_ctl" "$1" --pgdata "$work/data-postgres/cluster" --wait --silent "${@:2}"
}
start_postgres() {
  postgres_do start --log "$work/data-postgres/log" --options "-c unix_socket_directories=$postgres_socket" ||
    { say "PostgreSQL did not start; see $work/data-postgres/log"; exit 1; }
}
stop_postgres() { postgres_do stop --mode fast; }

sql() {
  "$postgres_bin/psql" --host "$postgres_socket" --username bench --dbname postgres --no-psqlrc --quiet --tuples-only \
    --no-align --set ON_ERROR_STOP=1 "$@"
}

# pgbench SECONDS [OPTION ...]: updates for so long.
pgbench() {
  (cd "$work" && "$postgres_bin/pgbench" --host "$postgres_socket" --username bench --no-vacuum --protocol prepared \
    --client "$connections" --jobs 1 --time "$1" --define contacts="$at" \
    --file "$root/bench/baselines/postgres/update.sql" "${@:2}" postgres)
}

# Of all its processes, those included that have ended, in us.
postgres_cpu() {
  local process
  process=$(head -1 "$work/data-postgres/cluster/postmaster.pid")
  # Whether children that have ended count: only the first process has waited for any. One may end while it is looked at.
  { cat "/proc/$process/stat" $(sed 's#[0-9]\+#/proc/&/stat#g' "/proc/$process/task/$process/children") 2> /dev/null || true; } |
    awk -v ticks="$(getconf CLK_TCK)" '{sub(/.*\) /, ""); sum += $12 + $13 + $14 + $15} END {printf "%d\n", sum / ticks * 1e6}'
}

# Revisions given out, and entries written.
postgres_writes() { sql --command "SELECT (SELECT sum(rev) FROM contact), (SELECT count(*) FROM change_log)"; }

transactions_in() { sed -n 's/^number of transactions actually processed: \([0-9]*\).*/\1/p'; }

postgres_measure() {
  local before cpu said warmed done_ whole
  start_postgres
  sync "$work"
  whole=$(awk -v s="$seconds" 'BEGIN {print int(s + 0.999)}')
  before=$(postgres_writes)
  warmed=$(pgbench 1 2> /dev/null | transactions_in)
  rm -f "$work"/pgbench.*
  cpu=$(postgres_cpu)
  said=$(pgbench "$whole" --log --log-prefix "$work/pgbench" 2> "$work/pgbench.err") || { cat "$work/pgbench.err" >&2; exit 1; }
  cpu=$(($(postgres_cpu) - cpu))
  done_=$(transactions_in <<< "$said")
  [[ $(postgres_writes) == "$((${before%|*} + warmed + done_))|$((${before#*|} + warmed + done_))" ]] ||
    { say "PostgreSQL: $before, then $((warmed + done_)) updates, now $(postgres_writes)"; exit 1; }
  printf '{"requests_per_second":%s,"server_cpu_us":%s,%s}\n' "$(sed -n 's/^tps = \([0-9.]*\).*/\1/p' <<< "$said")" \
    "$(awk -v cpu="$cpu" -v n="$done_" 'BEGIN {printf "%.2f", cpu / n}')" \
    "$(cut -d ' ' -f 3 "$work"/pgbench.[0-9]* | sort -n |
      awk '{v[NR] = $1} END {printf "\"p50_us\":%d,\"p99_us\":%d", v[int(NR / 2) + 1], v[int(NR * 0.99) + 1]}')" |
    record postgres
  rm -f "$work"/pgbench.*
  stop_postgres
}

postgres_finish() {
  [[ ! -f $work/data-postgres/cluster/postmaster.pid ]] || stop_postgres || true
  rm -rf "$work/data-postgres" ${postgres_socket:+"$postgres_socket"}
}
