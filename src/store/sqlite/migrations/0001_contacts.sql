-- Every key begins with the team. Times are microseconds since 1970 in UTC; NULL stands for empty.

CREATE TABLE team (
  team    INTEGER PRIMARY KEY,
  name    TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT;

-- The last ids given; those of deleted contacts, channels, tags and lists are never given again.
CREATE TABLE last_given (
  team    INTEGER PRIMARY KEY,
  contact INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  tag     INTEGER NOT NULL,
  list    INTEGER NOT NULL
) STRICT;

CREATE TABLE user (
  team    INTEGER NOT NULL,
  id      INTEGER NOT NULL,
  name    TEXT,
  email   TEXT,
  phone   TEXT,
  role    INTEGER NOT NULL,  -- As on the wire: 1 admin, 4 member.
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  rev     INTEGER NOT NULL,
  PRIMARY KEY (team, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE inbox (
  team    INTEGER NOT NULL,
  id      INTEGER NOT NULL,
  name    TEXT NOT NULL,
  phones  TEXT,              -- JSON
  members TEXT,              -- JSON
  rev     INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  PRIMARY KEY (team, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE custom_field (
  team    INTEGER NOT NULL,
  id      INTEGER NOT NULL,
  title   TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (team, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tag (
  team    INTEGER NOT NULL,
  id      INTEGER NOT NULL,
  uuid    BLOB NOT NULL,
  label   TEXT NOT NULL,
  color   TEXT NOT NULL,
  rev     INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  PRIMARY KEY (team, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE list (
  team     INTEGER NOT NULL,
  id       INTEGER NOT NULL,
  uuid     BLOB NOT NULL,
  name     TEXT NOT NULL,
  local_id TEXT,             -- The client's own name for it.
  creator  INTEGER NOT NULL,
  size     INTEGER NOT NULL, -- How many rows list_member has of it.
  rev      INTEGER NOT NULL,
  created  INTEGER NOT NULL,
  updated  INTEGER NOT NULL,
  PRIMARY KEY (team, id)
) STRICT, WITHOUT ROWID;

-- Who is in a list.
CREATE TABLE list_member (
  team    INTEGER NOT NULL,
  list    INTEGER NOT NULL,
  contact INTEGER NOT NULL,
  PRIMARY KEY (team, list, contact)
) STRICT, WITHOUT ROWID;

-- The lists of a contact that is deleted.
CREATE INDEX list_member_contact ON list_member (team, contact);

CREATE TABLE api_key (
  team    INTEGER NOT NULL,
  id      INTEGER NOT NULL,
  name    TEXT NOT NULL,
  digest  TEXT NOT NULL,     -- SHA-256 of the key, in hexadecimal.
  created INTEGER NOT NULL,
  revoked INTEGER NOT NULL,
  kind    TEXT NOT NULL,     -- What it opens: "api", or "n8n".
  PRIMARY KEY (team, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_secret (
  team    INTEGER NOT NULL,
  id      BLOB NOT NULL,     -- UUID
  name    TEXT NOT NULL,
  sealed  TEXT,              -- Encrypted under a key that is not in this database; gone once it is revoked.
  created INTEGER NOT NULL,
  revoked INTEGER NOT NULL,
  PRIMARY KEY (team, id)
) STRICT, WITHOUT ROWID;

-- One row is the whole contact. Not WITHOUT ROWID: such a table keeps whole rows in its inner pages, which makes the
-- tree of a million contacts two levels deeper.
CREATE TABLE contact (
  team                 INTEGER NOT NULL,
  id                   INTEGER NOT NULL,
  uuid                 BLOB NOT NULL,
  rev                  INTEGER NOT NULL,
  creator              INTEGER NOT NULL,
  created              INTEGER NOT NULL,
  updated              INTEGER NOT NULL,
  first                TEXT,
  last                 TEXT,
  display_name         TEXT,
  avatar               TEXT,
  assigned             INTEGER NOT NULL,
  blocked              INTEGER NOT NULL,
  unsubscribed_admin   INTEGER NOT NULL,
  unsubscribed_contact INTEGER NOT NULL,
  custom               TEXT,  -- JSON
  tags                 TEXT,  -- JSON
  email_suppressions   TEXT,  -- JSON
  channels             TEXT,  -- JSON; the first phone and the first e-mail are the contact's plain ones.
  notes                TEXT,  -- JSON
  PRIMARY KEY (team, id)
) STRICT;

-- The order in which contacts are listed. It is the one index that every update changes.
CREATE INDEX contact_updated ON contact (team, updated);

-- How many contacts a team has: counting their rows would read an index of all of them.
CREATE TABLE contact_count (
  team     INTEGER PRIMARY KEY,
  contacts INTEGER NOT NULL
) STRICT;

CREATE TABLE contact_uuid (
  team INTEGER NOT NULL,
  uuid BLOB NOT NULL,
  id   INTEGER NOT NULL,
  PRIMARY KEY (team, uuid)
) STRICT, WITHOUT ROWID;

-- Who owns an address, in the form in which two of them compare equal.
CREATE TABLE address (
  team    INTEGER NOT NULL,
  type    TEXT NOT NULL,
  value   TEXT NOT NULL,
  contact INTEGER NOT NULL,
  PRIMARY KEY (team, type, value)
) STRICT, WITHOUT ROWID;

-- What happened, in commit order. The last entry of a team tells where its seq and its time stand. Not WITHOUT ROWID:
-- entries are long, and such a table would give most of them an overflow page of their own.
CREATE TABLE change_log (
  team       INTEGER NOT NULL,
  seq        INTEGER NOT NULL,
  subject    TEXT NOT NULL,   -- "contact", "tag", …
  subject_id INTEGER NOT NULL,
  rev        INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  operation  TEXT NOT NULL,   -- "create", "update", "delete"
  actor      TEXT NOT NULL,
  request_id BLOB NOT NULL,
  changes    TEXT NOT NULL,   -- JSON: {"first": ["Ada", "Grace"], …}
  PRIMARY KEY (team, seq)
) STRICT;
