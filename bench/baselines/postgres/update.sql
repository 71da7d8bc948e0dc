-- The update of bench/population.h: the row, its index by `updated`, and what changed from what to what, in one statement.
\set id random(1, :contacts)
\set write random(1, 1000000000)
WITH was AS (
  SELECT id, first, display_name, custom FROM contact WHERE team = 1 AND id = :id FOR UPDATE
), saved AS (
  UPDATE contact SET
    rev = contact.rev + 1,
    updated = clock_timestamp(),
    first = sent.first,
    last = 'Okonkwo-Harrington',
    display_name = sent.first || ' Okonkwo-Harrington',
    custom = contact.custom || sent.custom
  FROM was, (SELECT
      (ARRAY['Mina', 'Omar', 'Lena', 'Ivan', 'Nora', 'Hugo', 'Ines', 'Juan'])[1 + :write % 8] AS first,
      jsonb_build_object('101', '2026-09-30', '102', 'plan '
        || (ARRAY['free', 'blue', 'gold', 'team', 'plus', 'jade', 'onyx', 'ruby'])[1 + :write / 8 % 8]
        || ', renews every year on the day above, agreed with the customer by text message on the phone and again in June',
        '103', 'write ' || lpad(:write::text, 16, '0')) AS custom) AS sent
  WHERE contact.team = 1 AND contact.id = was.id
  RETURNING contact.id, contact.rev, contact.uuid, contact.updated, contact.first, contact.display_name, contact.custom,
    was.first AS was_first, was.display_name AS was_display_name, was.custom AS was_custom
), logged AS (
  INSERT INTO change_log (team, subject, subject_id, rev, at, operation, actor, request_id, changes)
  SELECT 1, 'contact', id, rev, updated, 'update', 'key 1', gen_random_uuid(), json_build_object(
    'first', json_build_array(was_first, first),
    'display_name', json_build_array(was_display_name, display_name),
    'custom.102', json_build_array(was_custom->'102', custom->'102'),
    'custom.103', json_build_array(was_custom->'103', custom->'103'))
  FROM saved
)
SELECT id, rev, uuid FROM saved;
