import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { check, ruleOf, runCli } from '../support/cli.ts';
import { startNginx } from '../support/debian-programs.ts';
import { hasProgram, type Program } from '../support/programs.ts';
import { expectLookedAt } from '../support/looked-at.ts';

const RUNNABLE = hasProgram('nginx') && hasProgram('python3');

const PACK = `pack: app-logs
rules:
  - { id: load-time, kind: threshold, metric: log.model_load.duration_ms, expect: { max: "< 2s" } }
  - { id: first-token, kind: threshold, metric: log.inference_request.ttft_ms, expect: { p95: "< 3s" } }
  - { id: speed, kind: threshold, metric: log.inference_request.tokens_per_sec, expect: { min: "> 10/s" } }
  - id: no-regression
    title: A download goes forward
    failureTitle: A download went backwards
    kind: absence
    activity: log
    match: { category: progress_regression }
  - id: no-load
    kind: absence
    activity: log
    match: { category: model_load }
    unless: { after: { activity: log, match: { category: user_asked } }, within: 60s }
`;

const MISTYPED = `pack: mistyped
rules:
  - { id: slow, kind: absence, activity: log, match: { category: inference, data.totl_ms|gt: 5000 } }
  - id: by-user
    kind: absence
    activity: log
    except: [{ match: { data.usr|exists: false }, reason: nobody asked, optional: true }]
  - { id: errors, kind: absence, activity: log, match: { category: inference, data.error|exists: true } }
`;

const DERIVED = `pack: derived
rules:
  - { id: recovered, kind: threshold, metric: derived.recovered, expect: { mean: ">= 50%" } }
`;

/** A program that logs as those do which idleproof grew out of, over and over; each line in two pieces. */
const EMITTER = `
import json, sys, time
path, notation = sys.argv[1:3]
def show(record):
    if notation == 'map':
        return '{' + ', '.join(f'{key}: {value}' for key, value in record.items()) + '}'
    return json.dumps(record)
out = open(path, 'a')
while True:
    for text in sys.argv[3:]:
        record = dict(json.loads(text))
        record['ts'] = time.time()
        line = 'an ordinary line\\n[PERF] ' + show(record) + '\\n'
        for part in (line[:30], line[30:]):
            out.write(part)
            out.flush()
    time.sleep(0.5)
`;

let base: string;
let pack: string;
let nginx: Program;

beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-e2e-logs-')));
  pack = join(base, 'app-logs.yaml');
  writeFileSync(pack, PACK);
  writeFileSync(join(base, 'derived.yaml'), DERIVED);
  writeFileSync(join(base, 'emit.py'), EMITTER);
  if (RUNNABLE) nginx = await startNginx();
});
afterAll(async () => {
  await nginx?.stop();
  rmSync(base, { recursive: true, force: true });
});

/** Does something while another process writes these records into a log. */
async function whileLogging<T>(
  path: string,
  notation: string,
  records: object[],
  work: () => Promise<T>,
): Promise<T> {
  const args = [join(base, 'emit.py'), path, notation, ...records.map((one) => JSON.stringify(one))];
  const child = spawn('python3', args, { stdio: 'inherit' });
  const ended = once(child, 'close');
  try {
    return await work();
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** The same again and again while something is done. */
async function whileRepeating<T>(deed: () => void, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(deed, 500);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

const window = ['--for', '11s', '--settle', '1s'];

describe.skipIf(!RUNNABLE)(
  'check --logs on files that another process writes (nginx and Python of Debian)',
  () => {
    it.concurrent.for(['json', 'map'])(
      'reads [PERF] lines in %s notation: numbers are metrics, and rules are about lines',
      async (notation, test) => {
        const path = join(base, `perf-${notation}.log`);
        writeFileSync(path, '[PERF] {"perf":"progress_regression","ts":1}\n');
        const args = ['--port', String(nginx.port), '--logs', `${path}:perf`, ...window, '--rules', pack];
        const records = [
          { perf: 'model_load', duration_ms: 812 },
          {
            perf: 'inference_request',
            ttft_ms: 2270.7,
            total_ms: 4000,
            token_count: 100,
            tokens_per_sec: 57.8,
          },
          { perf: 'inference_request', ttft_ms: 500, total_ms: 900, token_count: 20, tokens_per_sec: 50 },
        ];
        const { proof, code } = await whileLogging(path, notation, records, () =>
          check([...args, '--out', join(base, `out-${notation}`)]),
        );
        expect(code).toBe(1);
        expect(ruleOf(proof, 'no-load')).toMatchObject({
          verdict: 'fail',
          measured: expect.stringMatching(/^\d+ model_load lines?$/),
        });
        expect(ruleOf(proof, 'no-load').findings[0]?.text).toContain(`the log ${path} got a line model_load`);
        expect(ruleOf(proof, 'load-time')).toMatchObject({ measured: 'max 0.812 s', tier: 'counter' });
        expect(ruleOf(proof, 'first-token').measured).toBe('p95 2.271 s');
        expect(ruleOf(proof, 'speed').measured).toBe('min 50/s');
        expect(ruleOf(proof, 'no-regression').measured).toBe('0');
        expectLookedAt(test, proof);
        for (const id of ['load-time', 'first-token', 'speed', 'no-regression'])
          expect(ruleOf(proof, id).verdict, ruleOf(proof, id).reason ?? '').toBe('pass');
      },
    );

    it.concurrent('does not pass a rule on a field that no line ever had', async (test) => {
      const path = join(base, 'mistyped.log');
      writeFileSync(path, '');
      const rules = join(base, 'mistyped.yaml');
      writeFileSync(rules, MISTYPED);
      const args = ['--port', String(nginx.port), '--logs', `${path}:perf`, ...window, '--rules', rules];
      const records = [{ perf: 'inference', total_ms: 9000 }];
      const { proof, code } = await whileLogging(path, 'json', records, () =>
        check([...args, '--out', join(base, 'out-mistyped')]),
      );
      expect(code).toBe(2);
      const unknown = 'there is no field';
      expect(ruleOf(proof, 'slow')).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringContaining(
          `${unknown} «totl_ms» in the lines of port-${nginx.port}; the nearest is «total_ms»`,
        ),
      });
      expect(ruleOf(proof, 'by-user')).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringContaining(`${unknown} «usr» in the lines of port-${nginx.port}`),
      });
      expectLookedAt(test, proof);
      expect(ruleOf(proof, 'errors').verdict).toBe('pass');
      expect(proof.headline).toContain('data.error never seen in the logs of');
    });

    it.concurrent('is excused by what the user asked for, and finds progress that went backwards', async (test) => {
      const path = join(base, 'asked.log');
      writeFileSync(path, '');
      const args = ['--port', String(nginx.port), '--logs', `${path}:perf`, ...window, '--rules', pack];
      const records = [
        { perf: 'user_asked' },
        { perf: 'model_load', duration_ms: 12 },
        { perf: 'progress_regression', from: 0.5, to: 0.4 },
      ];
      const { proof } = await whileLogging(path, 'map', records, () =>
        check([...args, '--out', join(base, 'out-asked')]),
      );
      expect(ruleOf(proof, 'no-regression')).toMatchObject({
        verdict: 'fail',
        measured: expect.stringMatching(/^\d+ progress_regression lines?$/),
      });
      // Nothing was written that tells it.
      expect(ruleOf(proof, 'first-token')).toMatchObject({ verdict: 'inconclusive' });
      expectLookedAt(test, proof);
      expect(ruleOf(proof, 'no-load').verdict).toBe('pass');
    });

    it.concurrent('is inconclusive where a line cannot be read, or the log is not there', async () => {
      const path = join(base, 'torn.log');
      writeFileSync(path, '');
      const args = ['--port', String(nginx.port), ...window, '--rules', pack];
      const [torn, missing] = await whileRepeating(
        () => appendFileSync(path, '[PERF] {"perf":"mod\n'),
        () =>
          Promise.all([
            check([...args, '--logs', path, '--out', join(base, 'out-torn')]),
            check([...args, '--logs', join(base, 'missing.log'), '--out', join(base, 'out-missing')]),
          ]),
      );
      expect(torn.code).toBe(2);
      expect(ruleOf(torn.proof, 'no-regression')).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringContaining('could not be read as its format has them'),
      });
      expect(missing.code).toBe(2);
      expect(ruleOf(missing.proof, 'no-regression')).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringContaining('does not exist'),
      });
      expect(missing.proof.headline).toContain('logs (');
    });

    it.concurrent.each([
      [['--logs', 'app.log:json'], '«json» is not a format; use perf, jsonl or /expression/'],
      [['--logs', 'app.log:/(/'], 'cannot be used'],
      [['--logs', 'app.log:/(?<x>a)\\k<x>/'], 'invalid escape sequence «\\k»'],
      [['--logs', 'nobody=app.log'], 'there is no target nobody'],
    ])('refuses %s', async (logs, problem) => {
      const { code, stderr } = await runCli([
        'check',
        '--port',
        String(nginx.port),
        ...logs,
        '--out',
        join(base, 'no'),
      ]);
      expect(code).toBe(3);
      expect(stderr).toContain(problem);
    });

    it.concurrent.each([
      ['--logs', 'app.log'],
      ['--events', 'app.db'],
    ])('refuses %s in a folder that is not there', async (option, name) => {
      const path = join(base, 'dta', name);
      const args = ['check', '--port', String(nginx.port), option, path, '--for', '2s', '--settle', '0s'];
      const { code, stderr } = await runCli([...args, '--out', join(base, 'no')]);
      expect({ code, stderr }).toMatchObject({
        code: 3,
        stderr: expect.stringContaining(`SOURCE_FOLDER: ${path} cannot be watched: there is no folder`),
      });
    });

    it.concurrent('refuses a rule about a log that is not watched', async () => {
      const rules = join(base, 'other-log.yaml');
      writeFileSync(
        rules,
        'pack: other\nrules: [{ id: quiet, kind: absence, activity: log, match: { "source|endswith": /ap.log } }]\n',
      );
      const args = ['check', '--port', String(nginx.port), '--logs', join(base, 'app.log')];
      const { code, stderr } = await runCli([...args, '--rules', rules, '--out', join(base, 'no')]);
      expect({ code, stderr }).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('RULE_LOG_UNKNOWN'),
      });
      expect(stderr).toContain(`did you mean ${join(base, 'app.log')}?`);
    });

    it.concurrent('refuses a rule about what nobody derives', async () => {
      const args = ['check', '--port', String(nginx.port), '--rules', join(base, 'derived.yaml')];
      const { code, stderr } = await runCli([...args, '--out', join(base, 'no')]);
      expect({ code, stderr }).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('RULE_METRIC_UNKNOWN'),
      });
      expect(stderr).toContain('derived.yaml');
    });
  },
);
