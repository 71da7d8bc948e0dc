# Everything over the number of contacts: updates, reads, pages of the list, memory, disk, start.

measure_contacts() {
  local at run
  for at in $growth; do
    copy_for cardfile "$at"
    # Before any update, while contacts are listed in the order of their ids.
    measure_pages
    for run in $(seq "$runs"); do
      say "contacts: $at, run $run of $runs"
      measure_contacts_once
    done
    printf '{"cold_start_ms":%s}\n' "$("$programs/cardfile-cold-start" "$cardfile" "$work/data-cardfile")" | record start
    measure_disk
    check_cardfile
  done
}

measure_contacts_once() {
  local fresh='' memory_pid
  [[ $run != 1 ]] || fresh=--fresh
  start_cardfile
  sleep 0.5
  memory | record idle
  (sleep "$seconds" && memory | record busy) &
  memory_pid=$!
  updates "$at" "$connections" $fresh | record update
  wait "$memory_pid"
  load get --contacts "$at" --connections "$connections" --seed "$run" | record get
  load get-v2 --contacts "$at" --connections "$connections" --seed "$run" | record get-v2
  stop_server
}

# A client reads on from the last item's `updated`.
measure_pages() {
  local name id cursor
  start_cardfile
  load post --target /v1/contacts --body '{}' --connections 1 | record page-first
  for name in middle last; do
    id=$((at / 2))
    [[ $name == middle ]] || id=$((at - 30))
    cursor=$(curl -sf -H 'Authorization: Bearer cardfile-bench-key' "http://127.0.0.1:$port/v1/contact/$id" |
      sed -n 's/.*"updated":"\([^"]*\)".*/\1/p')
    [[ -n $cursor ]] || { say "contact $id has no time"; exit 1; }
    load post --target /v1/contacts --body "{\"date\":\"$cursor\"}" --connections 1 | record "page-$name"
  done
  stop_server
}

# Bytes a contact, with the history of its creation and without, the search index included.
measure_disk() {
  local folder all history
  folder=$(filled "$at")
  all=$(du -sb "$folder" | cut -f 1)
  history=$(sqlite3 "file:$folder/cardfile.db?immutable=1" "SELECT sum(pgsize) FROM dbstat WHERE name = 'change_log'")
  printf '{"all":%d,"rows":%d}\n' $((all / at)) $(((all - history) / at)) | record disk
}

print_contacts() {
  local columns=$growth size titles=()
  for size in $growth; do titles+=("$(grouped <<< "$size")"); done
  echo "## Growth: contacts"
  echo
  header contacts "${titles[@]}"
  row 'update (v1)' cells_of_load update
  row 'CPU per update' cell '%.1f us' update server_cpu_us
  row 'get by id (v1)' cells_of_load get
  row 'CPU per get' cell '%.1f us' get server_cpu_us
  row 'get by UUID (v2)' cells_of_load get-v2
  row 'CPU per get' cell '%.1f us' get-v2 server_cpu_us
  row 'the first page of the list, 1 connection' cells_of_sync page-first
  row 'the page in the middle' cells_of_sync page-middle
  row 'the last page' cells_of_sync page-last
  row 'memory, idle' cells_of_memory idle
  row 'memory, under updates' cells_of_memory busy
  row 'start to ready' cell '%.1f ms' start cold_start_ms
  row 'bytes on disk a contact, before history' cell '%.0f' disk rows
  row 'bytes on disk a contact, with its creation in the history' cell '%.0f' disk all
  echo
  strip -o "$work/cardfile.stripped" "$cardfile"
  echo "Executable, stripped: $(awk -v bytes="$(stat -c %s "$work/cardfile.stripped")" 'BEGIN {printf "%.1f", bytes / 1048576}') MiB."
}
