// PouchDB's side of bench/store.py: its local store (leveldb, no fsync) on the same documents, as one line of JSON.
// Usage: node pouchdb_store.cjs <folder with node_modules> <batch size> < documents
'use strict';
const [, , peers, batch] = process.argv;
const PouchDB = require(`${peers}/node_modules/pouchdb`);
const fs = require('fs');
const os = require('os');
const path = require('path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pouchdb-store-'));
const milliseconds = async (work) => {
  const began = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - began) / 1e6;
};
const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];

(async () => {
  const documents = JSON.parse(fs.readFileSync(0, 'utf8'));
  const store = new PouchDB(path.join(folder, 'store'));
  const bulk = await milliseconds(async () => {
    for (let at = 0; at < documents.length; at += Number(batch)) await store.bulkDocs(documents.slice(at, at + Number(batch)));
  });
  const puts = [];
  for (let n = 0; n < 300; n++) puts.push(await milliseconds(() => store.put({ ...documents[0], _id: `put:${n}` })));
  const gets = [];
  for (let n = 0; n < 2000; n++) {
    gets.push(await milliseconds(() => store.get(documents[(n * 7919) % documents.length]._id)));
  }
  const all = [];
  for (let n = 0; n < 3; n++) all.push(await milliseconds(() => store.allDocs({ include_docs: true })));
  console.log(JSON.stringify({ bulk: (documents.length / bulk) * 1000, put: median(puts), get: median(gets), all: median(all) }));
  fs.rmSync(folder, { recursive: true });
})();
