# Updates over the size of the custom values: a contact holds them all, and each update sends them all.

custom_sizes="150 1024 4096 16384"

measure_custom() {
  local contacts=${sizes%% *} at run size fresh
  for size in $custom_sizes; do
    at=custom-$size
    copy_for cardfile "$contacts" "$size"
    fresh=--fresh
    for run in $(seq "$runs"); do
      say "custom: $size characters, run $run of $runs"
      start_cardfile
      updates "$contacts" "$connections" --custom-size "$size" $fresh | record update
      load get --contacts "$contacts" --connections "$connections" --seed "$run" | record get
      stop_server
      fresh=''
    done
    check_cardfile
    printf '{"all":%d}\n' $(($(du -sb "$(filled "$contacts" "$size")" | cut -f 1) / contacts)) | record disk
  done
}

print_custom() {
  local columns='' contacts=${sizes%% *} size titles=()
  for size in $custom_sizes; do
    columns+="custom-$size "
    if ((size < 1024)); then titles+=("$size bytes"); else titles+=("$((size / 1024)) KiB"); fi
  done
  echo "## Growth: custom fields"
  echo
  echo "$(grouped <<< "$contacts") contacts. Each update sends all custom values; two of them are changed."
  echo
  header 'custom values of a contact' "${titles[@]}"
  row 'update (v1)' cells_of_load update
  row 'CPU per update' cell '%.1f us' update server_cpu_us
  row 'get by id (v1)' cells_of_load get
  row 'CPU per get' cell '%.1f us' get server_cpu_us
  row 'bytes on disk a contact, with its creation in the history' cell '%.0f' disk all
}
