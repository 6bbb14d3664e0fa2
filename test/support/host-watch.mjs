// A thread of its own that knows nothing of the product: it tells when it was woken late itself, when processes that it follows
// waited for a processor, and when anybody on the host did. Each is [kind, from, to], in epoch milliseconds.
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const TICK_MS = 50;
/** What is less is not told: any timer is some milliseconds late. */
const LEAST_MS = 10;

const read = (path) => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
};

/** For how long the first thread of a process has waited for a processor, see Documentation/scheduler/sched-stats; null: it is gone. */
const waitedMs = (pid) => {
  const [, waitedNs] = read(`/proc/${pid}/schedstat`).split(' ');
  return waitedNs === undefined ? null : Number(waitedNs) / 1e6;
};

/** For how long somebody on this host has waited for a processor, see Documentation/accounting/psi. */
const contendedMs = () => Number(/^some .*total=(\d+)/u.exec(read('/proc/pressure/cpu'))?.[1] ?? 0) / 1e3;

const tell = (kind, lengthMs) => {
  const toMs = Date.now();
  if (lengthMs >= LEAST_MS) workerData.told.postMessage([kind, toMs - lengthMs, toMs]);
};

const followed = new Map();
parentPort.on('message', (pid) => followed.set(pid, waitedMs(pid)));

let lastMs = performance.now();
let contendedBefore = contendedMs();
setInterval(() => {
  const nowMs = performance.now();
  tell('late', nowMs - lastMs - TICK_MS);
  lastMs = nowMs;
  for (const [pid, before] of followed) {
    const waited = waitedMs(pid);
    if (waited === null) followed.delete(pid);
    else {
      followed.set(pid, waited);
      tell('late', waited - (before ?? waited));
    }
  }
  const contended = contendedMs();
  tell('contended', contended - contendedBefore);
  contendedBefore = contended;
}, TICK_MS);
