// Load generators for bench:measure: idleproof and others, each with the same load on the same server.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const AUTOCANNON = fileURLToPath(import.meta.resolve('autocannon'));
/** Where Debian has its servers, too. */
export const ENV = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

/**
 * By name, what puts the same load on a server and tells `{ perSecond, p50Ms }`; those that are not installed are left out.
 * @param load `{ seconds, connections, folder }`; the folder is for results
 */
export function loadGenerators(url, load) {
  return {
    autocannon: () => autocannon(url, load),
    'idleproof measure http': () => measureHttp(url, load),
    ...(has('wrk') ? { 'wrk, one thread': () => wrk(url, load) } : {}),
    ...(has('ab') ? { 'ab -k': () => ab(url, load) } : {}),
  };
}

function autocannon(url, { seconds, connections }) {
  const { requests, latency, errors, non2xx, duration } = JSON.parse(
    run(process.execPath, [AUTOCANNON, '-c', connections, '-d', seconds, '--json', '--no-progress', url]),
  );
  if (errors + non2xx > 0) throw new Error('autocannon: not every answer was 200');
  return { perSecond: requests.total / duration, p50Ms: latency.p50 };
}

function measureHttp(url, { seconds, connections, folder }) {
  const { facts } = JSON.parse(
    run(
      process.execPath,
      measuring(folder, 'http', url, '--for', `${seconds}s`, '--concurrency', connections),
    ),
  );
  if (facts.errors > 0) throw new Error('measure http: not every answer was 200');
  return {
    perSecond: facts.throughputPerSecond,
    p50Ms: facts.latencySeconds.p50 * 1000,
  };
}

function wrk(url, { seconds, connections }) {
  const said = run('wrk', ['-t', 1, '-c', connections, '-d', `${seconds}s`, '--latency', url]);
  const [, value, unit] = /50%\s+([\d.]+)(us|ms|s)/u.exec(said) ?? [];
  return {
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/u.exec(said)?.[1]),
    p50Ms: Number(value) * { us: 1e-3, ms: 1, s: 1000 }[unit],
  };
}

function ab(url, { seconds, connections }) {
  // Without a number of its own, -t stands for 50,000 requests at most.
  const said = run('ab', ['-q', '-k', '-t', seconds, '-n', 100_000_000, '-c', connections, url]);
  return {
    perSecond: Number(/Requests per second:\s+([\d.]+)/u.exec(said)?.[1]),
    p50Ms: Number(/\s50%\s+(\d+)/u.exec(said)?.[1]),
  };
}

/** Arguments of a measurement whose results go to a folder. */
export function measuring(folder, kind, url, ...args) {
  return [MAIN, 'measure', kind, '--url', url, '--json', '--out', folder, ...args];
}

/** Runs a program to its end. @returns what it printed */
export function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args.map(String), {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: ENV,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return stdout;
}

function has(program) {
  const found = spawnSync('sh', ['-c', `command -v ${program}`], { env: ENV }).status === 0;
  if (!found) console.log(`left out: ${program} is not installed`);
  return found;
}
