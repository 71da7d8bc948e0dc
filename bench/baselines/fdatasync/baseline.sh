# 4 KiB and fdatasync, nothing else: what the disk alone costs.

fdatasync_is_there() { true; }

fdatasync_measure() {
  "$programs/cardfile-fdatasync" "$work" --seconds "$seconds" --json | record append
  "$programs/cardfile-fdatasync" "$work" --seconds "$seconds" --overwrite --json | record overwrite
}
