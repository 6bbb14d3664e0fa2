// One watcher of bench/overhead.mjs: what an app would use, pidusage and systeminformation, once a second until killed.
// usage: overhead-libraries.mjs PID…
import pidusage from 'pidusage';
import { networkConnections } from 'systeminformation';

const pids = process.argv.slice(2).map(Number);

async function look() {
  await pidusage(pids);
  await networkConnections();
}

setInterval(() => void look(), 1000);
