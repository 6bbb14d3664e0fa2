// One side of bench/measure.mjs: CPU microseconds of an answer, autocannon by itself and as idleproof runs it, in turns in this one process, so that neither
// is compiled better than the other. Prints a pair for each round.
// usage: load-cost.mjs URL CONNECTIONS REQUESTS ROUNDS
import autocannon from 'autocannon';
import { loadHttp } from '../dist/measure/http-load.js';

const [url = '', ...numbers] = process.argv.slice(2);
const [connections = 1, requests = 1, rounds = 1] = numbers.map(Number);

const SIDES = {
  autocannon: async () => {
    const { requests: sent, errors, non2xx } = await autocannon({ url, connections, amount: requests });
    return errors + non2xx > 0 ? 0 : sent.total;
  },
  idleproof: async () => {
    const plan = { url, method: 'GET', headers: {}, body: null, concurrency: connections };
    const amount = { amount: { requests }, timeoutMs: 10_000 };
    const { latencySeconds } = await loadHttp({ ...plan, ...amount }, new AbortController().signal);
    return latencySeconds.length;
  },
};

const found = [];
for (let round = 0; round <= rounds; round += 1) {
  const names = round % 2 === 0 ? ['autocannon', 'idleproof'] : ['idleproof', 'autocannon'];
  const pair = {};
  for (const name of names) {
    const before = process.cpuUsage();
    const answers = await SIDES[name]();
    const { user, system } = process.cpuUsage(before);
    if (answers !== requests) throw new Error(`${name}: ${answers} of ${requests} answers`);
    pair[name] = (user + system) / requests;
  }
  found.push(pair);
}
// The first one compiles.
console.log(JSON.stringify(found.slice(1)));
