// The update of a contact as one would write it in Node: Fastify, better-sqlite3, one commit for all updates that wait.
// It works on the folder of a Cardfile server, so that rows, indexes and history are the same; it does nothing else
// that Cardfile does.
//
//   node server.mjs FOLDER PORT_FILE
import { createHash, randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import Fastify from 'fastify';

const [folder, portFile] = process.argv.slice(2);

const db = new Database(`${folder}/cardfile.db`, { fileMustExist: true });
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.pragma('mmap_size = 4294967296');
db.pragma('cache_size = -65536');
// Each step copies pages into the database while requests wait; the default of 1000 pages makes that many small ones.
db.pragma('wal_autocheckpoint = 16000');

const begin = db.prepare('BEGIN IMMEDIATE');
const commit = db.prepare('COMMIT');
const rollback = db.prepare('ROLLBACK');
const teamOfKey = db.prepare("SELECT team FROM api_key WHERE digest = ? AND kind = 'api' AND revoked = 0");
const fieldsOf = db.prepare('SELECT id FROM custom_field WHERE team = ?').pluck();
const contactById = db.prepare('SELECT * FROM contact WHERE place = (? << 43 | ?)');
const ownerOfAddress = db.prepare('SELECT contact FROM address WHERE team = ? AND type = ? AND value = ?').pluck();
const saveContact = db.prepare(
  'UPDATE contact SET rev = ?, updated = ?, first = ?, last = ?, display_name = ?, custom = ? WHERE place = (? << 43 | ?)');
const lastEntry = db.prepare('SELECT seq, at FROM change_log WHERE place < (? + 1) << 43 ORDER BY place DESC LIMIT 1');
const appendEntry = db.prepare(
  'INSERT INTO change_log (place, subject, subject_id, rev, at, operation, actor, request_id, changes) ' +
  "VALUES ((? << 43 | ?), 'contact', ?, ?, ?, 'update', 'key 1', ?, ?)");

// The small things of a team stay in memory, as they do in Cardfile.
const teams = new Map();
function teamOf(authorization) {
  let team = teams.get(authorization);
  if (team === undefined && authorization?.startsWith('Bearer ')) {
    const row = teamOfKey.get(createHash('sha256').update(authorization.slice(7)).digest('hex'));
    if (row === undefined) return undefined;
    const last = lastEntry.get(row.team);
    team = { id: row.team, fields: new Set(fieldsOf.all(row.team).map(String)), seq: last.seq, updated: last.at };
    teams.set(authorization, team);
  }
  return team;
}

class Refusal extends Error {
  constructor(status, code, message) {
    super(message);
    this.statusCode = status;
    this.code = code;
  }
}

function uuidText(bytes) {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function update({ team, id, patch }) {
  const contact = contactById.get(team.id, id);
  if (contact === undefined) throw new Refusal(404, 'not_found', 'no contact has this id');
  for (const type of ['phone', 'email']) {
    const value = patch[type];
    const stored = JSON.parse(contact.channels).find((channel) => channel.type === type)?.value;
    if (value === undefined || value === stored) continue;
    // Taking another address would be a second table to write. The update that is measured keeps it.
    const owner = ownerOfAddress.get(team.id, type, value);
    if (owner !== undefined && owner !== id) throw new Refusal(409, 'conflict', `another contact has this ${type}`);
    throw new Refusal(501, 'not_implemented', `this baseline does not change the ${type}`);
  }
  const changes = {};
  const change = (name, from, to) => {
    if (to !== undefined && to !== from) changes[name] = [from, to];
    return to === undefined ? from : to;
  };
  const first = change('first', contact.first, patch.first);
  const last = change('last', contact.last, patch.last);
  const displayName = change('display_name', contact.display_name, [first, last].filter(Boolean).join(' '));
  const custom = contact.custom === null ? {} : JSON.parse(contact.custom);
  for (const [field, value] of Object.entries(patch.custom ?? {})) {
    if (team.fields.has(field)) custom[field] = change(`custom.${field}`, custom[field] ?? null, value);
  }
  const rev = contact.rev + 1;
  team.updated = Math.max(team.updated + 1, Date.now() * 1000);
  saveContact.run(rev, team.updated, first, last, displayName, JSON.stringify(custom), team.id, id);
  appendEntry.run(team.id, ++team.seq, id, rev, team.updated, randomBytes(16), JSON.stringify(changes));
  return { id, rev, uuid: uuidText(contact.uuid) };
}

// While a commit is being synced requests gather in their sockets; the next turn of the event loop reads them all, and
// one commit serves them.
let waiting = [];
function enqueue(work) {
  return new Promise((resolve, reject) => {
    if (waiting.length === 0) setImmediate(commitAll);
    waiting.push({ work, resolve, reject });
  });
}
function commitAll() {
  const batch = waiting;
  waiting = [];
  try {
    begin.run();
    for (const item of batch) {
      try {
        item.answer = update(item.work);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        item.refusal = error;
      }
    }
    commit.run();
  } catch (error) {
    if (db.inTransaction) rollback.run();
    teams.clear();
    for (const item of batch) item.reject(error);
    return;
  }
  for (const item of batch) item.refusal === undefined ? item.resolve(item.answer) : item.reject(item.refusal);
}

const app = Fastify({ logger: false, keepAliveTimeout: 600_000 });

app.decorateRequest('team', null);
app.addHook('onRequest', async (request) => {
  request.team = teamOf(request.headers.authorization);
  if (request.team === undefined) throw new Refusal(401, 'unauthorized', 'give a valid key as "Authorization: Bearer …"');
});

const id = { type: 'object', properties: { id: { type: 'integer', minimum: 1 } } };
const text = { type: 'string', maxLength: 255 };

app.put('/v1/contact/:id', {
  schema: {
    params: id,
    body: {
      type: 'object',
      required: ['phone'],
      properties: {
        phone: { type: 'string', pattern: '^[0-9]{7,15}$' },
        first: text,
        last: text,
        email: { type: 'string', maxLength: 255, pattern: '^[^@\\s]+@[^@\\s]+$' },
        custom: { type: 'object', additionalProperties: { type: 'string', maxLength: 4096 } },
      },
    },
    response: {
      200: {
        type: 'object',
        properties: { id: { type: 'integer' }, rev: { type: 'integer' }, uuid: { type: 'string' } },
      },
    },
  },
}, (request) => enqueue({ team: request.team, id: request.params.id, patch: request.body }));

// For the check that follows a run.
app.get('/v1/contact/:id', { schema: { params: id } }, async (request) => {
  const contact = contactById.get(request.team.id, request.params.id);
  if (contact === undefined) throw new Refusal(404, 'not_found', 'no contact has this id');
  return {
    id: contact.id,
    rev: contact.rev,
    uuid: uuidText(contact.uuid),
    first: contact.first,
    last: contact.last,
    display_name: contact.display_name,
    custom: JSON.parse(contact.custom),
  };
});

await app.listen({ host: '127.0.0.1', port: 0 });
writeFileSync(`${portFile}.part`, String(app.server.address().port));
renameSync(`${portFile}.part`, portFile);
process.on('SIGTERM', async () => {
  await app.close();
  db.close();
  process.exit(0);
});
