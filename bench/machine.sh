# Part of bench/run: the programs, what is installed, and the sentence about the machine.

build_programs() {
  [[ -f $build/build.ninja ]] || cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release >&2
  cmake --build "$build" -j "$(nproc)" --target \
    cardfile cardfile-load cardfile-fill cardfile-fdatasync cardfile-sqlite-loop cardfile-cold-start >&2
  cardfile=$build/src/cli/cardfile
  programs=$build/bench
}

# need COMMAND PACKAGE ...: whether the command is there, or could be installed. On no, `lack` says why.
need() {
  local command=$1 as_root=()
  shift
  ! command -v "$command" > /dev/null || return 0
  lack="$command is missing (Debian: $*)"
  [[ $install == yes ]] || return 1
  if ((EUID != 0)); then
    command -v sudo > /dev/null || return 1
    as_root=(sudo)
  fi
  say "installing $*"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2 || return 1
  local service
  for service in "$@"; do
    # Such packages start a server of their own, which nobody asked for.
    [[ $service == nginx* || $service == postgresql ]] || continue
    "${as_root[@]}" systemctl disable --now "$service" > /dev/null 2>&1 || "${as_root[@]}" service "$service" stop >&2 || true
  done
  command -v "$command" > /dev/null
}

# NAME_is_there of each baseline installs what it needs, or fails with a sentence in `lack`.
leave_out_what_is_lacking() {
  local name wanted=$baselines lack
  baselines='' left_out=''
  for name in $wanted; do
    lack=''
    if "${name}_is_there"; then
      baselines+="${baselines:+ }$name"
    else
      say "leaving out $name: $lack"
      left_out+="${left_out:+; }$name: $lack"
    fi
  done
  has_wrk=no
  if need wrk wrk; then has_wrk=yes; else say "leaving out wrk: $lack"; fi
}

runs_in_words() {
  if ((runs == 1)); then echo "one run of $seconds s"; else echo "medians of $runs runs of $seconds s"; fi
}

print_machine() {
  local name
  echo "$(date -u +%F), \`$command_line\`, commit $(git -C "$root" rev-parse --short HEAD 2> /dev/null || echo unknown):"
  echo "$(nproc) processors ($(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -1))," \
    "$(awk '/^MemTotal/ {printf "%.0f", $2 / 1048576}' /proc/meminfo) GiB, Linux $(uname -r);" \
    "SQLite $(sqlite3 --version | cut -d ' ' -f 1)$(for name in $baselines; do
      declare -F "${name}_version" > /dev/null && printf ', %s' "$("${name}_version")"
    done); $connections connections where nothing else is said, $(runs_in_words)."
  [[ -z $left_out ]] || echo "Left out: $left_out."
}
