// PouchDB's side of bench/replication.py: the same figures against the same server, as one line of JSON.
// Usage: node pouchdb_client.cjs <folder with node_modules> <server url> <filled database> <new database> <batch size>
'use strict';
const [, , peers, server, filled, pushed, batch] = process.argv;
const PouchDB = require(`${peers}/node_modules/pouchdb`);
const fs = require('fs');
const os = require('os');
const path = require('path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pouchdb-bench-'));
const options = batch === 'default' ? {} : { batch_size: Number(batch), batches_limit: 10 };
const milliseconds = async (work) => {
  const began = process.hrtime.bigint();
  const result = await work();
  return [Number(process.hrtime.bigint() - began) / 1e6, result];
};

// Not resourceUsage(): its maximum is handed down from the process that started this one.
const peakMemory = () => {
  if (!fs.existsSync('/proc/self/status')) return process.resourceUsage().maxRSS * 1024;
  return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
};

(async () => {
  const local = new PouchDB(path.join(folder, 'pulled'));
  const remote = new PouchDB(`${server}/${filled}`);
  const [pull, pulled] = await milliseconds(() => local.replicate.from(remote, options));
  const memory = peakMemory();
  const [firstPush] = await milliseconds(() => local.replicate.to(remote, options));
  const [noop] = await milliseconds(async () => {
    await local.replicate.to(remote, options);
    await local.replicate.from(remote, options);
  });

  const source = new PouchDB(path.join(folder, 'pushed'));
  const documents = JSON.parse(fs.readFileSync(0, 'utf8'));
  await source.bulkDocs(documents);
  const target = new PouchDB(`${server}/${pushed}`);
  await target.info();
  const [push] = await milliseconds(() => source.replicate.to(target, options));
  console.log(JSON.stringify({ pulled: pulled.docs_written, pull, firstPush, noop, push, memory }));
  fs.rmSync(folder, { recursive: true });
})();
