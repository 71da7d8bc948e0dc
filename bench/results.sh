# Part of bench/run: figures of runs, a file of JSON lines for each kind of run, and Markdown of them. `at` is the column
# that is being measured or printed.

# record NAME: adds what a program prints to the results.
record() { cat >> "$results/$at-$1"; }

# values NAME KEY: that figure of each run, a line each.
values() { sed -n "s/.*\"$2\":\([0-9.]*\).*/\1/p" "$results/$at-$1"; }

median() { sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

# Thousands apart, whatever the locale.
grouped() { sed -e ':more' -e 's/\(^\|[^0-9.]\)\([0-9]\+\)\([0-9]\{3\}\)\($\|[^0-9]\)/\1\2,\3\4/' -e 't more'; }

has_results() { [[ -s $results/$at-$1 ]]; }

# cell FORMAT NAME KEY: the median of all runs.
cell() {
  if has_results "$2"; then
    values "$2" "$3" | median | awk -v format="$1" '{printf format "\n", $1}' | grouped
  else
    echo '–'
  fi
}

# ratio NAME NAME KEY: the median of the ratios of runs that stood side by side.
ratio() {
  if has_results "$1" && has_results "$2"; then
    paste <(values "$1" "$3") <(values "$2" "$3") | awk '{print $1 / $2}' | median | awk '{printf "%.2f\n", $1}'
  else
    echo '–'
  fi
}

cells_of_load() {
  if has_results "$1"; then
    echo "$(cell '%.0f/s' "$1" requests_per_second), p50 $(cell '%.0f' "$1" p50_us), p99 $(cell '%.0f us' "$1" p99_us)"
  else
    echo '–'
  fi
}
cells_of_sync() { cells_of_load "$1" | sed 's/^[^ ]*, //'; }
cells_of_memory() { echo "$(cell '%.1f MiB' "$1" VmRSS), $(cell '%.1f' "$1" RssAnon) of them anonymous"; }

# header TITLE ...: the first lines of a table.
header() {
  local title
  printf '|'
  for title in "$@"; do printf '%s |' "${title:+ $title}"; done
  printf '\n|'
  for title in "$@"; do printf ' --- |'; done
  echo
}

# row TITLE COMMAND ...: a line of a table, with what the command prints for each of `columns`.
row() {
  local title=$1 at
  shift
  printf '| %s |' "$title"
  for at in $columns; do printf ' %s |' "$("$@")"; done
  echo
}
