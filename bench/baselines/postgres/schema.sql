-- Cardfile's contacts, their indexes and their history, as PostgreSQL would have them; filled with the contacts of
-- bench/population.h. psql's variable `contacts` says how many.
CREATE TABLE contact (
  team                 integer NOT NULL,
  id                   bigint NOT NULL,
  uuid                 uuid NOT NULL,
  rev                  bigint NOT NULL,
  creator              bigint NOT NULL,
  created              timestamptz NOT NULL,
  updated              timestamptz NOT NULL,
  first                text,
  last                 text,
  display_name         text,
  avatar               text,
  assigned             bigint NOT NULL,
  blocked              boolean NOT NULL,
  unsubscribed_admin   boolean NOT NULL,
  unsubscribed_contact boolean NOT NULL,
  custom               jsonb,
  tags                 jsonb,
  email_suppressions   jsonb,
  channels             jsonb,
  notes                jsonb
);

CREATE TABLE address (
  team    integer NOT NULL,
  type    text NOT NULL,
  value   text NOT NULL,
  contact bigint NOT NULL
);

CREATE TABLE change_log (
  team       integer NOT NULL,
  seq        bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  subject    text NOT NULL,
  subject_id bigint NOT NULL,
  rev        bigint NOT NULL,
  at         timestamptz NOT NULL,
  operation  text NOT NULL,
  actor      text NOT NULL,
  request_id uuid NOT NULL,
  changes    json NOT NULL,
  PRIMARY KEY (team, seq)
);

INSERT INTO contact
SELECT 1, id, gen_random_uuid(), 1, 0, now() + id * interval '1 microsecond', now() + id * interval '1 microsecond',
  'Mina', 'Okonkwo-Harrington', 'Mina Okonkwo-Harrington', NULL, 0, false, false, false,
  jsonb_build_object('101', '2026-09-30', '102', 'plan free, renews every year on the day above, agreed with the customer '
    'by text message on the phone and again in June', '103', 'write 0000000000000000'),
  NULL, NULL,
  jsonb_build_array(
    jsonb_build_object('id', 2 * id - 1, 'type', 'phone', 'value', '1555' || line, 'created', now()),
    jsonb_build_object('id', 2 * id, 'type', 'email', 'value', 'okonkwo.555' || line || '@mail.example.com', 'created', now())),
  NULL
FROM (SELECT id, lpad((id * 7368787 % 10000000)::text, 7, '0') AS line
      FROM generate_series(1, :contacts::bigint) AS id) AS population;

INSERT INTO address
SELECT 1, channel->>'type', channel->>'value', id FROM contact, jsonb_array_elements(channels) AS channel;

ALTER TABLE contact ADD PRIMARY KEY (team, id);
CREATE INDEX contact_updated ON contact (team, updated);
CREATE UNIQUE INDEX contact_uuid ON contact (team, uuid);
ALTER TABLE address ADD PRIMARY KEY (team, type, value);

VACUUM ANALYZE;
CHECKPOINT;
