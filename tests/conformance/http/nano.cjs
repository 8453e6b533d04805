// nano 11, CouchDB's own client for Node: node nano.cjs <server URL> <database>; prints what it saw as JSON.
'use strict';
const path = require('path');
const nano = require(path.join(process.cwd(), 'node_modules', 'nano'));

async function main(url, name) {
  const seen = {};
  const server = nano(url);
  seen.version = (await server.info()).couchdb;
  seen.listed = (await server.db.list()).includes(name);
  const db = server.use(name);
  const first = await db.insert({ n: 1 }, 'a');
  seen.read = (await db.get('a')).n;
  seen.head = (await db.head('a')).etag === '"' + first.rev + '"';
  await db.bulk({ docs: [...Array(10)].map((_, n) => ({ _id: 'd' + n, n })) });
  seen.fetched = (await db.fetch({ keys: ['d1', 'd2'] })).rows.map((row) => row.doc.n);
  await db.attachment.insert('a', 'x.txt', Buffer.from('hello'), 'text/plain', { rev: first.rev });
  seen.attachment = (await db.attachment.get('a', 'x.txt')).toString();
  await db.multipart.insert({ n: 3 }, [{ name: 'one', data: Buffer.from('1st'), content_type: 'text/plain' }], 'm');
  seen.multipart = (await db.attachment.get('m', 'one')).toString();
  await db.insert({ views: { n: { map: 'function (doc) { emit(doc.n, 1); }', reduce: '_count' } } }, '_design/v');
  seen.view = (await db.view('v', 'n', { key: 3, reduce: false })).rows.map((row) => row.id).sort();
  await db.createIndex({ index: { fields: ['n'] }, name: 'by-n' });
  seen.found = (await db.find({ selector: { n: { $gt: 7 } } })).docs.map((doc) => doc._id);
  seen.partition = (await db.changes({ limit: 2 })).results.length;
  const late = new Promise((resolve) => {
    db.changesReader.start({ since: 'now' }).on('change', (change) => { resolve(change.id); db.changesReader.stop(); });
  });
  await new Promise((resolve) => setTimeout(resolve, 500));
  await db.insert({}, 'late');
  seen.late = await late;
  const gone = await db.get('a');
  await db.destroy('a', gone._rev);
  seen.missing = await db.get('a').catch((error) => [error.statusCode, error.error, error.reason]);
  return seen;
}

main(process.argv[2], process.argv[3]).then(
  (seen) => { console.log(JSON.stringify(seen)); process.exit(0); },
  (error) => { console.error(error); process.exit(1); }
);
