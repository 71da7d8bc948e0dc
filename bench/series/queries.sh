# Queries over many contacts, one at a time.

# A line a query: the name of its figures, the path, the body, and what the table calls it.
queries() {
  cat << 'QUERIES'
by-updated|/v1/contacts|{}|page by `updated`
by-id|/v1/contacts|{"order":"id"}|page by `id`
by-first|/v1/contacts|{"order":"first"}|page by `first`
by-last|/v1/contacts|{"order":"last","ascending":false}|page by `last`, descending
by-display-name|/v1/contacts|{"order":"display_name"}|page by `display_name`
by-created|/v1/contacts|{"order":"created"}|page by `created`
far-by-updated|/v1/contacts|{"page":PAGE}|page PAGE by `updated`
far-by-first|/v1/contacts|{"order":"first","page":PAGE}|page PAGE by `first`
search-phone|/v2/contacts/search|{"contact_channels":[{"channel_ids":["15557368787"]}]}|search by phone (v2)
get-phone|/v1/contact/get|{"phone":"15557368787"}|get by phone (v1)
count|/v1/contacts/count|{}|count
count-date|/v1/contacts/count|{"date":"2020-01-01T00:00:00Z"}|count since a date
count-user|/v1/contacts/count|{"assigned":1}|count of a user
filter-phone|/v1/contacts|{"filter":"5557368787"}|filter: a phone
filter-digits|/v1/contacts|{"filter":"368787"}|filter: six digits of a phone
filter-punctuation|/v1/contacts|{"filter":"+1 (555) 736-8787"}|filter: a phone with punctuation
filter-email|/v1/contacts|{"filter":"okonkwo.5557368787@"}|filter: an e-mail address, of which all share a half
filter-nobody|/v1/contacts|{"filter":"nobody at all"}|filter: nobody
filter-everybody|/v1/contacts|{"filter":"okonkwo"}|filter: everybody
filter-by-last|/v1/contacts|{"filter":"okonkwo","order":"last"}|filter: everybody, by `last`
filter-short|/v1/contacts|{"filter":"zz"}|filter: two characters, nobody
count-few|/v1/contacts/count|{"filter":"368787"}|count of a filter: few
count-everybody|/v1/contacts/count|{"filter":"okonkwo"}|count of a filter: everybody
QUERIES
}

queries_contacts() { echo "${growth##* }"; }

# each_query COMMAND: for each of them, as four words.
each_query() {
  local name path body title page
  page=$(($(queries_contacts) / 33))
  while IFS='|' read -r name path body title; do
    "$1" "$name" "$path" "${body//PAGE/$page}" "${title//PAGE/$(grouped <<< "$page")}" < /dev/null
  done < <(queries)
}

measure_queries() {
  local at=queries
  copy_for cardfile "$(queries_contacts)"
  start_cardfile
  sleep 1
  memory | record before
  say "queries: $(queries_contacts) contacts"
  each_query measure_query
  memory | record after
  stop_server
}

# For a slow one a run has a single query in it.
measure_query() { warmup=0 load post --target "$2" --body "$3" --connections 1 | record "$1"; }

print_queries() {
  local at=queries columns=queries
  echo "## Queries"
  echo
  echo "$(queries_contacts | grouped) contacts, 1 connection, one run: each query over and over, the slowest at least once. The bench's"
  echo "contacts share their names and half of their e-mail address."
  echo
  header '' median longest 'CPU'
  each_query print_query
  echo
  header '' ''
  row 'memory before' cells_of_memory before
  row 'memory afterwards' cells_of_memory after
}

print_query() {
  local key
  printf '| %s |' "$4"
  for key in p50_us max_us server_cpu_us; do
    printf ' %s |' "$(values "$1" "$key" | awk '{printf $1 < 10000 ? "%.2f ms\n" : "%.0f ms\n", $1 / 1000}' | grouped)"
  done
  echo
}
