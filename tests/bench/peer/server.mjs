// SPDX-License-Identifier: MIT
// The peer of W3: what a good Node developer would write by hand for sign-ups that are on disk before they
// are answered: fastify, better-sqlite3, and one transaction for all that came in one turn of the loop.
//
//   server.mjs DATABASE         prints its port; runs until SIGTERM
import Database from "better-sqlite3";
import Fastify from "fastify";
import formbody from "@fastify/formbody";

const db = new Database(process.argv[2]);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL"); // an fsync for each commit: a power cut loses nothing that was answered
db.exec(`CREATE TABLE IF NOT EXISTS signup(id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL, at INTEGER NOT NULL) STRICT`);
const insert = db.prepare("INSERT INTO signup(email, name, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");

// ---- group commit ---------------------------------------------------------------------------------------

let queue = [];

const writeAll = db.transaction((rows) => {
  for (const row of rows) {
    insert.run(row.email, row.name, row.at);
  }
});

function commit() {
  const rows = queue;
  queue = [];
  try {
    writeAll(rows);
    rows.forEach((row) => row.kept());
  } catch (error) {
    rows.forEach((row) => row.failed(error));
  }
}

/** Ends when the row is on disk, with all others that wait at this moment. */
function keep(email, name) {
  return new Promise((kept, failed) => {
    if (queue.push({ email, name, at: Date.now(), kept, failed }) === 1) {
      setImmediate(commit); // after everything that the sockets had to say in this turn
    }
  });
}

// ---- pages ----------------------------------------------------------------------------------------------

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text) => text.replace(/[&<>"]/g, (letter) => ENTITIES[letter]);
const page = (sentence) => `<!doctype html><html lang="en"><title>Sign-up</title><p>${sentence}</p></html>\n`;

const app = Fastify();
app.register(formbody);
app.post("/signup", async (request, reply) => {
  const { name, email } = request.body ?? {};
  reply.type("text/html; charset=utf-8");
  if (!name || name.length > 200 || !email || email.length > 254 || !email.includes("@")) {
    return reply.code(422).send(page("Please give a name and a mail address."));
  }
  await keep(email.toLowerCase(), name);
  return page(`Thank you, ${escape(name)}. Your place is kept.`);
});

await app.listen({ host: "127.0.0.1", port: 0 });
process.on("SIGTERM", async () => {
  await app.close();
  db.close();
});
console.log(app.server.address().port);
