# A new team's contacts through POST /v2/contacts, 1,000 a call.

measure_bulk() {
  local at=bulk run count
  # One run is enough: it is as long as many.
  copy_for cardfile 0
  start_cardfile
  say "bulk: creating $bulk_contacts contacts"
  load create --contacts "$bulk_contacts" --contacts-per-call 1000 --connections 4 | record create
  memory | record memory
  count=$(curl -sf -H 'Authorization: Bearer cardfile-bench-key' -d '{}' "http://127.0.0.1:$port/v1/contacts/count")
  [[ $count == "{\"count\":$bulk_contacts}" ]] || { say "$bulk_contacts contacts were created, but $count"; exit 1; }
  stop_server
  check_cardfile
}

print_bulk() {
  local at=bulk columns=bulk
  echo "## Bulk"
  echo
  echo "$(grouped <<< "$bulk_contacts") contacts created by \`POST /v2/contacts\`, 1,000 a call, 4 connections, one run."
  echo
  header '' ''
  row 'time' cell '%.1f s' create seconds
  printf '| contacts a second | %s |\n' "$(awk -v n="$bulk_contacts" -v s="$(values create seconds)" 'BEGIN {printf "%.0f\n", n / s}' | grouped)"
  row 'a call' cells_of_sync create
  row 'CPU per call' cell '%.0f us' create server_cpu_us
  row 'memory afterwards' cells_of_memory memory
}
