# The update of a contact and the reading of one, beside the baselines, in alternating runs.

measure_update() {
  local at name run
  for at in $sizes; do
    copy_for cardfile "$at"
    for name in $baselines; do
      ! declare -F "${name}_prepare" > /dev/null || "${name}_prepare"
    done
    for run in $(seq "$runs"); do
      say "update: $at contacts, run $run of $runs"
      measure_cardfile_update
      for name in $baselines; do
        "${name}_measure"
      done
    done
    check_cardfile
    for name in $baselines; do
      ! declare -F "${name}_finish" > /dev/null || "${name}_finish"
    done
  done
}

measure_cardfile_update() {
  local fresh=''
  [[ $run != 1 ]] || fresh=--fresh
  start_cardfile
  # Reads first: after updates the search index catches up in the background.
  load get --contacts "$at" --connections "$connections" --seed "$run" | record get
  load get-v2 --contacts "$at" --connections "$connections" --seed "$run" | record get-v2
  updates "$at" "$connections" $fresh | record update
  updates "$at" 1 | record single
  [[ $has_wrk == no ]] || updates_by_wrk "$at" | record update-wrk
  stop_server
}

print_update() {
  local columns=$sizes size titles=()
  for size in $sizes; do titles+=("$(grouped <<< "$size") contacts"); done
  echo "## The update beside its baselines"
  echo
  header '' "${titles[@]}"
  row '**Cardfile: update (v1)**' cells_of_load update
  row 'CPU per update' cell '%.1f us' update server_cpu_us
  row 'the same, measured by wrk' cells_of_load update-wrk
  row 'Cardfile: get by id (v1)' cells_of_load get
  row 'CPU per get' cell '%.1f us' get server_cpu_us
  row 'Cardfile: get by UUID (v2)' cells_of_load get-v2
  row 'nginx `return 200`, the same PUT' cells_of_load nginx
  row 'CPU per request' cell '%.1f us' nginx server_cpu_us
  row 'the same, measured by wrk' cells_of_load nginx-wrk
  row 'SQLite alone, 64 updates to a commit' cells_of_load sqlite
  row 'CPU per update' cell '%.1f us' sqlite server_cpu_us
  row 'Fastify + better-sqlite3: update' cells_of_load fastify
  row 'CPU per update' cell '%.1f us' fastify server_cpu_us
  row 'PostgreSQL: update, by pgbench' cells_of_load postgres
  row 'CPU per update' cell '%.1f us' postgres server_cpu_us
  row 'Cardfile: update, 1 connection' cells_of_load single
  row '4 KiB append + fdatasync, nothing else' cells_of_sync append
  row 'the same, written over' cells_of_sync overwrite
  echo
  echo 'Ratios, each the median of runs that stood side by side:'
  echo
  header '' "${titles[@]}"
  row 'update, of nginx' ratio update nginx requests_per_second
  row 'get by id, of nginx' ratio get nginx requests_per_second
  row 'get by UUID, of nginx' ratio get-v2 nginx requests_per_second
  row 'update, of SQLite alone' ratio update sqlite requests_per_second
  row 'update, of Fastify + better-sqlite3' ratio update fastify requests_per_second
  row 'update, of PostgreSQL' ratio update postgres requests_per_second
  row 'update with 1 connection, p50, of append + fdatasync' ratio single append p50_us
}
