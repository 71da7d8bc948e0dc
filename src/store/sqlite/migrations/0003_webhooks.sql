-- Who is told what happens to the contacts of a team.
CREATE TABLE webhook (
  team    INTEGER NOT NULL,
  id      INTEGER NOT NULL,
  kind    TEXT NOT NULL,     -- Who made it: "webhook" the operator, "n8n_trigger" the n8n node.
  url     TEXT NOT NULL,
  events  TEXT NOT NULL,     -- JSON
  token   TEXT,              -- Encrypted under a key that is not in this database, and so is the secret.
  secret  TEXT,              -- What events are signed with.
  created INTEGER NOT NULL,
  PRIMARY KEY (team, id)
) STRICT, WITHOUT ROWID;

-- Up to which entry of the change log a webhook has been told, at least.
CREATE TABLE webhook_position (
  team    INTEGER NOT NULL,
  webhook INTEGER NOT NULL,
  seq     INTEGER NOT NULL,
  PRIMARY KEY (team, webhook)
) STRICT, WITHOUT ROWID;

-- The ids of deleted webhooks are never given again either.
ALTER TABLE last_given ADD COLUMN webhook INTEGER NOT NULL DEFAULT 0;
