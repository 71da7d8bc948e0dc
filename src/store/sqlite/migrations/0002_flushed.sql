-- Up to which entry of its change log the rows of a team's contacts are up to date, all of them. Rows of contacts that
-- were only updated are brought after the log later and together; those that are behind after a crash, when the database
-- is opened.
CREATE TABLE flushed (
  team INTEGER PRIMARY KEY,
  seq  INTEGER NOT NULL
) STRICT;

INSERT INTO flushed SELECT team, coalesce((SELECT max(seq) FROM change_log WHERE change_log.team = team.team), 0) FROM team;
