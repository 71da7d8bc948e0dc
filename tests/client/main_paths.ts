// The main paths of the API through a client that was generated from docs/openapi.json, against demo data:
// node main_paths.js http://127.0.0.1:8080 cardfile-demo-key

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Contact = components["schemas"]["Contact"];

const [baseUrl, key] = process.argv.slice(2);
assert(baseUrl && key, "usage: main_paths.js <base URL> <API key>");
const api = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });

/** What was answered, or a failure that shows what was refused. */
function got<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) throw new Error(`${answer.response.status}: ${JSON.stringify(answer.error)}`);
  return answer.data;
}

async function createsShowsAndUpdates(): Promise<Contact> {
  const created = got(await api.POST("/v1/contact", {
    body: { phone: "447700900123", first: "Mina", last: "Okafor", custom: { "123": "Gold" }, tags: [{ tag_id: 2 }] },
  }));
  assert.equal(created.rev, 1);
  const byId = { path: { id: created.id } };

  const merged = got(await api.PUT("/v1/contact/{id}", {
    params: byId,
    body: { phone: "+44 7700 900123", custom: { "456": "Retail" } },
  }));
  assert.deepEqual(merged, { id: created.id, rev: 2, uuid: created.uuid });
  assert.deepEqual(got(await api.GET("/v1/contact/{id}", { params: byId })).custom, { "123": "Gold", "456": "Retail" });

  got(await api.PUT("/v1/contact/{id}", {
    params: { ...byId, query: { overwrite: true }, header: { "If-Match": '"2"' } },
    body: { phone: "447700900123", first: "Wilhelmina", custom: { "123": "Silver" }, assignee_id: 2 },
  }));
  const contact = got(await api.GET("/v1/contact/{id}", { params: byId }));
  assert.equal(contact.rev, 3);
  assert.equal(contact.display_name, "Wilhelmina Okafor");
  assert.deepEqual(contact.custom, { "123": "Silver" });
  assert.equal(contact.assigned_user_id, 2);
  assert.deepEqual(contact.tags.map((tag) => tag.tag_id), [2]);
  assert.equal(got(await api.POST("/v1/contact/get", { body: { phone: "447700900123" } })).id, contact.id);
  return contact;
}

async function updatesByUuid(contact: Contact): Promise<void> {
  const byUuid = { path: { contactID: contact.uuid } };
  const updated = got(await api.PUT("/v2/contact/{contactID}", {
    params: byUuid,
    body: { last: "Lindqvist", contact_channels: [{ channel_type: "email", channel_id: "mina@example.org" }] },
  }));
  assert.equal(updated.last, "Lindqvist");
  assert.equal(updated.email, "mina@example.org");
  assert.deepEqual(updated.contact_channels.map((channel) => channel.channel_id), ["447700900123", "mina@example.org"]);
  const channels = got(await api.POST("/v2/contact/{contactID}/channel", {
    params: byUuid,
    body: { channel_type: "phone", channel_id: "447700900124" },
  }));
  assert.equal(channels.length, 3);
}

async function findsByChannel(contact: Contact): Promise<void> {
  const found = got(await api.POST("/v2/contacts/search", {
    body: { contact_channels: [{ channel_ids: ["mina@example.org", "15105553344", "nobody@example.org"] }] },
  }));
  assert.deepEqual(found.map((each) => each.id), [98765, contact.id].sort((a, b) => a - b));
}

async function listsAllByItsCursor(): Promise<void> {
  const { count } = got(await api.POST("/v1/contacts/count", { body: {} }));
  const seen = new Set<number>();
  let date: string | null = null;
  for (;;) {
    const page: Contact[] = got(await api.POST("/v1/contacts", { body: { date, limit: 90 } }));
    const last = page.at(-1);
    if (!last) break;
    for (const contact of page) seen.add(contact.id);
    date = last.updated;
  }
  assert.equal(seen.size, count);
  assert(count > 500);
}

async function createsAndUpdatesMany(contact: Contact): Promise<void> {
  const outcome = got(await api.POST("/v2/contacts", {
    body: { contacts: [{ phone: "447700900125", first: "Ravi" }, { contact_id: contact.uuid, first: "Mina" }] },
  }));
  assert.deepEqual(outcome.contacts.map((each) => each.first), ["Ravi", "Mina"]);
  assert.deepEqual(outcome.failed_contacts, []);
  const failed = got(await api.POST("/v1/batch/contacts", { body: [{ phone: "447700900126" }, { phone: "oops" }] }));
  assert(failed !== "ok");
  assert.match(failed[0]?.error ?? "", /^phone: /);
}

async function optsOutAndIn(contact: Contact): Promise<void> {
  const status = async () => got(await api.POST("/v1/contact/status", { body: { id: contact.id } })).unsubscribed;
  assert.equal(await status(), false);
  assert.equal(got(await api.POST("/v1/contact/set_status", { body: { id: contact.id, status: "unsubscribed" } })), "success");
  assert.equal(await status(), true);
  got(await api.POST("/v1/contact/set_status", { body: { phone: contact.phone, status: "subscribed" } }));
  assert.equal(await status(), false);
}

async function keepsTagsAndFields(): Promise<void> {
  const tag = got(await api.POST("/v1/tag", { body: { tag: "Sourdough", color: "#C8A165" } }));
  assert.equal(got(await api.GET("/v1/tag/{id}", { params: { path: { id: tag.id } } })).name, "Sourdough");
  assert(got(await api.POST("/v1/tags", {})).some((each) => each.id === tag.id));
  assert.equal(got(await api.DELETE("/v1/tag/{id}", { params: { path: { id: tag.id } } })), "ok");
  const fields = got(await api.POST("/v1/contacts/fields", { body: [{ title: "plan" }] }));
  assert.equal(fields[0]?.duplicate, true);
  const users = got(await api.GET("/v1/users/get", { params: { query: { phone: ["15105550102"] } } }));
  assert.deepEqual(users.memberships.map((user) => user.id), [2]);
}

async function servesTheN8nNode(): Promise<void> {
  const headers = { "X-Heymarket-API-Key": "cardfile-demo-n8n-key" };
  assert.equal(got(await api.GET("/n8n/v1/test_auth", { headers })).team_id, 1);
  const body = { phone_number: "447700900170", first_name: "Noor", note: "Met at the fair" };
  const tried = got(await api.POST("/n8n/v1/contacts", {
    headers,
    params: { header: { "X-Heymarket-Dry-Run": true } },
    body,
  }));
  assert.deepEqual(tried, { id: 0, rev: 1, created: true, dry_run: true });
  const saved = got(await api.POST("/n8n/v1/contacts", { headers, body }));
  assert.equal(saved.dry_run, undefined);
  const noted = got(await api.GET("/v1/contact/{id}", { params: { path: { id: saved.id } } }));
  assert.deepEqual(noted.note?.map((note) => note.text), ["Met at the fair"]);

  const list = got(await api.POST("/n8n/v1/lists", { headers, body: { title: "Fair" } }));
  const changed = got(await api.POST("/n8n/v1/lists/{id}/members", {
    headers,
    params: { path: { id: list.id } },
    body: { action: "add", phone_number: "447700900170" },
  }));
  assert.equal(changed.member_count, 1);
  const refused = await api.GET("/n8n/v1/lists", {});
  assert.equal(refused.response.status, 401);
  assert(refused.error && !("error" in refused.error) && refused.error.error_code === "missing_api_key");
}

async function tellsWhatWasWrong(contact: Contact): Promise<void> {
  const refused = await api.PUT("/v1/contact/{id}", {
    params: { path: { id: contact.id } },
    body: { phone: "none", first: "x".repeat(300) },
  });
  assert.equal(refused.response.status, 400);
  assert(refused.error);
  assert.equal(refused.error.error, "bad_data");
  assert.deepEqual(refused.error.errors?.map((each) => each.field), ["phone", "first"]);
  assert.equal(refused.error.request_id, refused.response.headers.get("X-Request-Id"));

  const taken = await api.PUT("/v1/contact/{id}", {
    params: { path: { id: contact.id } },
    body: { phone: "15105553344" },
  });
  assert.equal(taken.response.status, 409);
  assert.equal(taken.error?.error, "conflict");

  const stale = await api.DELETE("/v1/contact/{id}", {
    params: { path: { id: contact.id }, header: { "If-Match": '"1"' } },
  });
  assert.equal(stale.response.status, 412);
  assert(stale.error?.error === "precondition_failed" && stale.error.rev !== undefined && stale.error.rev > 1);
}

async function deletes(contact: Contact): Promise<void> {
  assert.equal(got(await api.DELETE("/v1/contact/{id}", { params: { path: { id: contact.id } } })), "ok");
  const gone = await api.GET("/v2/contact/{contactID}", { params: { path: { contactID: contact.uuid } } });
  assert.equal(gone.response.status, 404);
}

const contact = await createsShowsAndUpdates();
await updatesByUuid(contact);
await findsByChannel(contact);
await listsAllByItsCursor();
await createsAndUpdatesMany(contact);
await optsOutAndIn(contact);
await keepsTagsAndFields();
await servesTheN8nNode();
await tellsWhatWasWrong(contact);
await deletes(contact);
console.log("all main paths work");
