# Updates over the number of connections, beside Fastify's, and a picture of them.

measure_connections() {
  local contacts=${sizes%% *} at=${sizes%% *} run count
  copy_for cardfile "$contacts"
  ! has_word "$baselines" fastify || fastify_prepare
  for run in $(seq "$runs"); do
    for count in $connection_counts; do
      at=connections-$count
      say "connections: $count, run $run of $runs"
      start_cardfile
      updates "$contacts" "$count" | record update
      stop_server
      has_word "$baselines" fastify || continue
      start_fastify
      updates "$contacts" "$count" | record fastify
      stop_server
    done
  done
  check_cardfile
  fastify_finish
}

print_connections() {
  local count at
  echo "## Growth: connections"
  echo
  echo "Updates, $(grouped <<< "${sizes%% *}") contacts."
  echo
  header connections 'Cardfile: updates' p50 p99 'CPU per update' 'Fastify: updates' p50 p99
  for count in $connection_counts; do
    at=connections-$count
    printf '| %s |' "$count"
    printf ' %s |' "$(cell '%.0f/s' update requests_per_second)" "$(cell '%.0f us' update p50_us)" \
      "$(cell '%.0f us' update p99_us)" "$(cell '%.1f us' update server_cpu_us)" \
      "$(cell '%.0f/s' fastify requests_per_second)" "$(cell '%.0f us' fastify p50_us)" "$(cell '%.0f us' fastify p99_us)"
    echo
  done
  draw_connections > "$results/connections.svg"
  cp "$results/connections.svg" "$picture"
  echo
  echo "![Throughput and p99 over connections](connections.svg)"
}

draw_connections() {
  local count at name
  for name in update fastify; do
    for count in $connection_counts; do
      at=connections-$count
      has_results "$name" || continue
      echo "$name $count $(values "$name" requests_per_second | median) $(values "$name" p99_us | median)"
    done
  done | awk -f "$root/bench/chart.awk"
}
