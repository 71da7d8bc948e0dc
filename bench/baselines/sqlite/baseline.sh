# A loop of updates around SQLite, 64 to a transaction: what the rows, the indexes and the history alone cost.

sqlite_is_there() { true; }
sqlite_prepare() { copy_for sqlite "$at"; }

sqlite_measure() {
  sync "$work"
  "$programs/cardfile-sqlite-loop" "$work/data-sqlite" --warmup "$warmup" --seconds "$seconds" --batch 64 --seed "$run" \
    --json | record sqlite
}

sqlite_finish() { rm -rf "$work/data-sqlite"; }
