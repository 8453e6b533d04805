// PouchDB 9 as a client: node pouchdb.cjs <database URL>; prints one JSON object of what it saw.
'use strict';
const path = require('path');
const modules = path.join(process.cwd(), 'node_modules');
const PouchDB = require(path.join(modules, 'pouchdb'));
PouchDB.plugin(require(path.join(modules, 'pouchdb-adapter-memory')));
PouchDB.plugin(require(path.join(modules, 'pouchdb-find')));

async function main(url) {
  const seen = {};
  const local = new PouchDB('local', { adapter: 'memory' });
  const remote = new PouchDB(url);
  seen.info = (await remote.info()).db_name;

  // Documents of both sides, an attachment, a conflict and a deletion go both ways.
  await local.bulkDocs([...Array(25)].map((_, n) => ({ _id: 'phone-' + n, n })));
  await local.putAttachment('phone-photo', 'p.bin', Buffer.from([0, 1, 2, 255]), 'image/x-test');
  await remote.bulkDocs([...Array(25)].map((_, n) => ({ _id: 'office-' + n, n })));
  const doomed = await remote.put({ _id: 'doomed' });
  await remote.remove('doomed', doomed.rev);
  await local.put({ _id: 'both', by: 'phone' });
  await remote.put({ _id: 'both', by: 'office' });
  const once = await local.sync(remote, { batch_size: 10 });
  seen.pushed = once.push.docs_written;
  seen.pulled = once.pull.docs_written;
  const here = await local.get('both', { conflicts: true });
  const there = await remote.get('both', { conflicts: true });
  seen.sameConflict = here._rev === there._rev && here._conflicts[0] === there._conflicts[0];
  seen.photo = (await remote.getAttachment('phone-photo', 'p.bin')).toString('hex');
  const quiet = await local.sync(remote);
  seen.quiet = quiet.push.docs_written + quiet.pull.docs_written;

  // Live, both ways.
  const live = local.sync(remote, { live: true, retry: true, heartbeat: 1000 });
  await remote.put({ _id: 'live-down' });
  await local.put({ _id: 'live-up' });
  for (let n = 0; n < 100; n++) {
    const down = await local.get('live-down').catch(() => null);
    const up = await remote.get('live-up').catch(() => null);
    if (down && up) { seen.live = true; break; }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  live.cancel();
  await live;

  // Changes with filters.
  const chosen = await remote.changes({ filter: '_doc_ids', doc_ids: ['office-1', 'office-2'] });
  seen.byIds = chosen.results.map((row) => row.id).sort();
  const matching = await remote.changes({ selector: { n: { $gte: 23 } } });
  seen.bySelector = matching.results.map((row) => row.id).sort();

  // Queries and views.
  await remote.createIndex({ index: { fields: ['n'] } });
  const found = await remote.find({ selector: { n: { $gt: 22 } }, sort: ['n'] });
  seen.found = found.docs.map((doc) => doc.n);
  await remote.put({
    _id: '_design/stats',
    views: { n: { map: 'function (doc) { if (doc.n !== undefined) { emit(doc.n % 5, doc.n); } }', reduce: '_sum' } }
  });
  const grouped = await remote.query('stats/n', { group: true });
  seen.grouped = grouped.rows.map((row) => row.value);
  const keyed = await remote.query('stats/n', { reduce: false, key: 1, include_docs: true, limit: 2 });
  seen.keyed = keyed.rows.map((row) => row.doc._id);

  // Errors as PouchDB names them.
  seen.missing = await remote.get('nothing').catch((error) => [error.status, error.name, error.reason]);
  seen.conflict = await remote.put({ _id: 'both' }).catch((error) => [error.status, error.name]);
  const listed = await remote.allDocs({ keys: ['office-1', 'nothing', 'doomed'] });
  seen.listed = listed.rows.map((row) => row.error || (row.value.deleted ? 'deleted' : row.id));
  return seen;
}

main(process.argv[2]).then(
  (seen) => { console.log(JSON.stringify(seen)); process.exit(0); },
  (error) => { console.error(error); process.exit(1); }
);
