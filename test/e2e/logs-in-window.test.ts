import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/os/sqlite.ts';
import type { Proof } from '../../src/model/proof.ts';
import { ruleOf, runCli } from '../support/cli.ts';
import { startNginx } from '../support/debian-programs.ts';
import { hasProgram, type Program } from '../support/programs.ts';
import { traceProblems } from '../support/trace-rules.ts';
import { killDaemons, proofsIn, startDaemon } from '../support/watch-daemon.ts';

const RUNNABLE = hasProgram('nginx') && hasProgram('python3');

const RULES = `pack: ours
rules:
  - { id: retry-success, kind: threshold, metric: derived.retry.success, expect: { mean: ">= 95%" }, minDuration: 1s }
  - { id: retries, kind: threshold, metric: derived.retries, expect: { mean: "< 1" }, minDuration: 1s }
  - { id: failed-saves, kind: threshold, metric: derived.saves.failed, expect: { mean: "< 2%" }, minDuration: 1s }
  - { id: realtime, kind: threshold, metric: derived.audio.realtime, expect: { mean: "> 1" }, minDuration: 1s }
  - { id: ttft, kind: threshold, metric: derived.chat.ttft, expect: { max: "<= 0.3" }, minDuration: 1s }
  - { id: total, kind: threshold, metric: derived.chat.total, expect: { max: "<= 2.3" }, minDuration: 1s }
  - { id: speed, kind: threshold, metric: derived.chat.tokensPerSecond, expect: { min: "> 20/s" }, minDuration: 1s }
  - { id: repeated, kind: threshold, metric: derived.chat.repeated, expect: { sum: "== 0" }, minDuration: 1s }
  - { id: unfinished, kind: threshold, metric: derived.chat.unfinished, expect: { sum: "== 0" }, minDuration: 1s }
  - { id: unknown, kind: threshold, metric: derived.chat.unknown, expect: { sum: "== 0" }, minDuration: 1s }
  - { id: row-tokens, kind: threshold, metric: derived.rows.tokens, expect: { sum: ">= 50" }, minDuration: 1s }
  - { id: row-unfinished, kind: threshold, metric: derived.rows.unfinished, expect: { sum: "== 0" }, minDuration: 1s }
  - { id: no-requests, kind: absence, activity: log, match: { category: request, data.status: 200 }, minDuration: 1s }
  - { id: answer-time, kind: threshold, metric: log.request.request_time_s, expect: { max: "< 30s" }, minDuration: 1s }
`;

/** Ticks are long, since a gap of five, as a busy host may have, ends a window. */
const configuration = (pid: number): string => `tick: 2s
targets:
  backend:
    select: { pid: ${pid} }
    events: { sqlite: ./app.db, table: events }
    logs: [{ file: ./perf.log }, { file: ./server.jsonl }, { file: ./access.jsonl }]
derived:
  retry.success: { chain: { by: correlation.id, from: { log: save_failed }, to: { log: saved } } }
  retries: { ratio: [{ log: retry }, { log: save, distinct: correlation.id }] }
  saves.failed: { ratio: [{ log: gave_up }, { log: save, distinct: correlation.id }] }
  audio.realtime: { ratio: [{ metric: log.transcription.audio_ms }, { metric: log.transcription.duration_ms }] }
  chat:
    requests: { by: id, start: { log: inference_start }, firstToken: { log: first_token }, end: { log: inference_end }, tokens: token_count }
  rows:
    requests: { by: request, start: { event: llm_request }, firstToken: { event: first_token }, end: { event: llm_done }, tokens: tokens }
windows: [{ id: hand, trigger: manual, settle: 0s, minDuration: 1s }]
rules: [./ours.yaml]
reports: { dir: reports }
`;

/** A server that saves with retries, and logs with pino: 60 saves, 20 fail at first, one for good, in 25 retries. */
const SERVER = (pino: string): string => `import pino from '${pino}';
const log = pino({ base: null }, pino.destination({ dest: process.argv[2], sync: true }));
for (let nth = 0; nth < 60; nth += 1) {
  const of = log.child({ correlation: { id: \`c-\${nth}\` } });
  of.info({ event: 'save' }, 'asked to save');
  if (nth >= 20) continue;
  of.warn({ event: 'save_failed' }, 'timeout');
  for (let retry = 0; retry < (nth < 5 ? 2 : 1); retry += 1) of.info({ event: 'retry' }, 'again');
  of.info({ event: nth === 0 ? 'gave_up' : 'saved' }, 'done');
}
`;

/** What an inference server prints, with maps that are no JSON; each line in two pieces. Times are told, not waited for. */
const MODEL = `
import sys, time
path = sys.argv[1]
now = time.time()
def show(record):
    return '[PERF] {' + ', '.join(f'{key}: {value}' for key, value in record.items()) + '}\\n'
def request(id, tokens):
    yield dict(perf='inference_start', id=id, ts=now - 1.3)
    yield dict(perf='first_token', id=id, ts=now - 1.1)
    yield dict(perf='inference_end', id=id, ts=now - 0.1, token_count=tokens, total_ms=1200)
records = [*request('a', 40), *request('b', 25)]
records += [dict(perf='first_token', id='b', ts=now - 0.9), dict(perf='inference_start', id='never', ts=now)]
records += [dict(perf='inference_end', id='stranger', ts=now, token_count=3)]
records += [dict(perf='transcription', ts=now, audio_ms=90000, duration_ms=30000)]
records += [dict(perf='transcription', ts=now, audio_ms=30000, duration_ms=10000)]
with open(path, 'a') as out:
    for record in records:
        text = show(record)
        for part in (text[:20], text[20:]):
            out.write(part)
            out.flush()
`;

let base: string;
let nginx: Program;

async function run(command: string, ...args: string[]): Promise<void> {
  const child: ChildProcess = spawn(command, args, { stdio: 'inherit' });
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(0);
}

async function ask(times: number): Promise<void> {
  for (let nth = 0; nth < times; nth += 1)
    await (await fetch(`http://127.0.0.1:${nginx.port}/`, { headers: { connection: 'close' } })).text();
}

/** As logrotate does it. */
async function rotate(path: string): Promise<void> {
  renameSync(path, `${path}.1`);
  process.kill(nginx.pid, 'SIGUSR1');
  for (let tries = 0; tries < 1200 && !existsSync(path); tries += 1) await sleep(50);
}

function rows(path: string): void {
  const db = openSqlite(path);
  const insert = db.prepare('INSERT INTO events (type, created_at, request, tokens) VALUES (?, ?, ?, ?)');
  const now = (): string => new Date().toISOString();
  insert.run('llm_request', now(), 'r1', null);
  insert.run('first_token', now(), 'r1', null);
  insert.run('llm_done', now(), 'r1', 51);
  insert.run('llm_request', now(), 'r2', null);
  db.close();
}

beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-e2e-records-')));
  if (!RUNNABLE) return;
  nginx = await startNginx(join(base, 'access.jsonl'));
});
afterAll(async () => {
  killDaemons();
  await nginx?.stop();
  rmSync(base, { recursive: true, force: true });
});

describe.skipIf(!RUNNABLE)('what nginx, a pino logger and a model server write in one window', () => {
  let proof: Proof;

  beforeAll(async () => {
    const path = (name: string): string => join(base, name);
    writeFileSync(path('ours.yaml'), RULES);
    writeFileSync(path('server.mjs'), SERVER(import.meta.resolve('pino')));
    writeFileSync(path('model.py'), MODEL);
    writeFileSync(path('perf.log'), '[PERF] {perf: model_load, ts: 1, duration_ms: 812}\n');
    writeFileSync(path('server.jsonl'), '');
    writeFileSync(path('idleproof.yaml'), configuration(nginx.pid));
    const db = openSqlite(path('app.db'));
    db.exec(
      'CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT, created_at TEXT, request TEXT, tokens INTEGER)',
    );
    db.close();
    const daemon = startDaemon(path('idleproof.yaml'), path('state'));
    await daemon.becomes(({ windows, looks }) => windows.length > 0 && looks > 1);
    await daemon.control.openWindow('hand');
    await daemon.becomes(({ windows }) => windows[0]?.state === 'open');
    await sleep(2_000);
    await ask(10);
    await rotate(path('access.jsonl'));
    await Promise.all([
      ask(10),
      run(process.execPath, path('server.mjs'), path('server.jsonl')),
      run('python3', path('model.py'), path('perf.log')),
    ]);
    rows(path('app.db'));
    await sleep(1_000);
    await daemon.control.closeWindow('hand');
    await daemon.becomes(
      ({ windows }) => Object.values(windows[0]?.verdictCounts ?? {}).reduce((sum, one) => sum + one, 0) > 0,
    );
    const { code, stderr } = await daemon.stop();
    expect(code, stderr).toBe(0);
    [proof] = proofsIn(path('reports')) as [Proof];
  });

  it.each([
    ['retry-success', 'pass', 'mean 0.95'],
    ['retries', 'pass', 'mean 0.4167'],
    ['failed-saves', 'pass', 'mean 0.01667'],
    ['realtime', 'pass', 'mean 3'],
    ['ttft', 'pass', 'max 0.2 s'],
    ['total', 'pass', 'max 1.2 s'],
    ['speed', 'pass', 'min 25/s'],
    ['repeated', 'fail', 'sum 1'],
    ['unfinished', 'fail', 'sum 1'],
    ['unknown', 'fail', 'sum 1'],
    ['row-tokens', 'pass', 'sum 51'],
    ['row-unfinished', 'fail', 'sum 1'],
    ['no-requests', 'fail', '20 request lines'],
    ['answer-time', 'pass', expect.stringMatching(/^max [\d.]+ s$/)],
  ])('%s: %s, %s', (id, verdict, measured) => {
    const reason = verdict === 'pass' ? null : expect.any(String);
    expect(ruleOf(proof, id)).toMatchObject({ verdict, measured, reason });
  });

  it.each([
    ['repeated', 'b'],
    ['unfinished', 'never'],
    ['unknown', 'stranger'],
    ['row-unfinished', 'r2'],
  ])('%s names the request %s', (id, request) => {
    expect(ruleOf(proof, id).findings.map(({ examples }) => examples)).toEqual([
      [expect.stringMatching(new RegExp(`^[\\d:.]+ ${request}$`))],
    ]);
  });

  it('shows on a time line what the model took, and its requests from start to end', async () => {
    const path = (name: string): string => join(base, name);
    const [proved = ''] = readdirSync(path('reports'));
    const args = ['--evidence', path('state/evidence.db'), '--format', 'trace', '--out', path('line')];
    const { code, stderr } = await runCli(['report', join(path('reports'), proved, 'proof.json'), ...args]);
    expect(code, stderr).toBe(0);
    const text = readFileSync(join(path('line'), 'proof.trace.json'), 'utf8');
    expect(traceProblems(text)).toEqual([]);
    const { traceEvents } = JSON.parse(text) as {
      traceEvents: { ph: string; name: string; cat: string; ts: number; dur: number; tid: number }[];
    };
    const slices = (category: string) => traceEvents.filter(({ ph, cat }) => ph === 'X' && cat === category);
    const took = (name: string, among = slices('request')): number[] =>
      among.filter((one) => one.name === name).map(({ dur }) => Math.round(dur / 1000));
    expect([took('request a'), took('request b')]).toEqual([[1200], [1200]]);
    expect(took('first token').filter((ms) => ms === 200)).toHaveLength(2);
    expect(took('answer').filter((ms) => ms === 1000)).toHaveLength(2);
    // Never ended: as long as the window, and not a length of its own.
    expect(took('request never')).toHaveLength(1);
    expect(took('transcription', slices('log')).toSorted((a, b) => a - b)).toEqual([10_000, 30_000]);
    expect(took('inference_end', slices('log'))).toEqual([1200, 1200]);
    const first = slices('request').find(({ name }) => name === 'request a');
    const parts = slices('request').filter(
      ({ tid, ts, name }) => tid === first?.tid && ts >= first.ts && /first|answer/u.test(name),
    );
    expect(parts.slice(0, 2).map(({ name }) => name)).toEqual(['first token', 'answer']);
  });

  it('reads on where nginx was rotated, without a gap', () => {
    expect(proof.coverage.collectors.find(({ name }) => name === 'logs')).toMatchObject({
      status: 'ok',
      tier: 'counter',
      lost: 0,
    });
  });

  it('holds in the evidence', async () => {
    const store = join(base, 'state', 'evidence.db');
    const { code, stdout, stderr } = await runCli(['verify', store]);
    expect(code, stderr + stdout).toBe(0);
  });
});
