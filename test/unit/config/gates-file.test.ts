import { expect, it } from 'vitest';
import { parseGatesFile } from '../../../src/config/gates-file.ts';
import { YamlDocument } from '../../../src/config/yaml-document.ts';

const HEAD = "ready: port:8000\ntargets: { app: { select: { command: [sleep, '9'] } } }\ngates:\n";
const USE = '  - { gate: Use, http: { url: "http://127.0.0.1:1/" } }\n';
const IDLE = '  - { gate: Idle, window: 12s }\n';

const parse = (text: string) => parseGatesFile(new YamlDocument(text), '/');
const problemsOf = (gates: string): string =>
  (parse(HEAD + gates).problems ?? []).map(({ line, message }) => `${line}: ${message}`).join('\n');

it('reads the gates of the contract', () => {
  const { value, problems } = parse(`${HEAD}
  - { gate: Backend startup, measurement: startup, expect: { p50: "< 2s" } }
${USE}  - { gate: Unloads, wait: 5m, expect: { memory: "< 50MB" } }
  - { gate: Idle, window: 60s }
  - { gate: No orphans, rule: orphan-process }
`);
  expect(problems).toBeNull();
  expect(value?.gates.map(({ step }) => step.by)).toEqual(['measurement', 'http', 'wait', 'window', 'rule']);
  expect(value?.gates[2]?.step).toMatchObject({ limitMs: 300_000, memory: { text: '< 50MB' } });
});

it.each([
  ['no window', USE, '4: a gate with a `window` is needed'],
  ['two windows', IDLE + IDLE, '5: there is one window'],
  ['a use after the window', IDLE + USE, '5: the app is used before the window'],
  ['a wait without a use', `  - { gate: W, wait: 1m }\n${IDLE}`, '4: the app has to be used first'],
  ['a rule before the window', `  - { gate: R, rule: x }\n${IDLE}`, '4: a rule is judged after the window'],
  [
    'a start while it runs',
    `${USE}  - { gate: S, measurement: startup, expect: { p50: "< 2s" } }\n${IDLE}`,
    '5:',
  ],
  ['a start without a limit', `  - { gate: S, measurement: startup }\n${IDLE}`, '4: a measurement needs'],
  ['two steps in one', `  - { gate: W, window: 12s, rule: x }\n`, '4: exactly one of'],
  ['an unknown statistic', `${USE.replace(' } }', ' }, expect: { p59: "< 2s" } }')}${IDLE}`, '4: .*p59'],
  [
    'a key of another measurement',
    `  - { gate: S, measurement: size, files: [a], prompt: x, expect: { gzip: '< 1kB' } }\n${IDLE}`,
    '4: `prompt` is not for size',
  ],
  [
    'a measurement without what it needs',
    `  - { gate: T, measurement: ttft, url: "http://x/", expect: { p50: '< 1s' } }\n${IDLE}`,
    '4: ttft needs a `prompt`',
  ],
  [
    'a command for the start',
    `  - { gate: S, measurement: startup, command: [a], expect: { p50: '< 1s' } }\n${IDLE}`,
    '4: `command` is that of the file',
  ],
  [
    'a measurement after the window',
    `${IDLE}  - { gate: S, measurement: size, files: [a], expect: { gzip: '< 1kB' } }\n`,
    '5: it is measured before the window',
  ],
  [
    'a measurement that there is not',
    `  - { gate: S, measurement: htp, url: "http://x/", expect: { p50: '< 1s' } }\n${IDLE}`,
    '4: .*htp.*did you mean .*http',
  ],
  [
    'an unknown key below http',
    `  - { gate: U, http: { ulr: "http://x/" } }\n${IDLE}`,
    '4: .*ulr.*did you mean .*url',
  ],
  [
    'a key of http beside it',
    `  - { gate: U, http: { url: "http://x/" }, requests: 3 }\n${IDLE}`,
    '4: `requests` is for measurement, or belongs below http',
  ],
  ['a limit for a window', '  - { gate: I, window: 12s, expect: { p50: "< 2s" } }\n', '4: `expect` is for'],
  [
    'a mistyped metric',
    `${USE}  - { gate: W, wait: 1m, expect: { memry: "< 2MB" } }\n${IDLE}`,
    '5: only `memory`',
  ],
  ['an unknown key', IDLE.replace('window', 'windoww'), '4: .*window'],
])('refuses %s, with its line', (_, gates, message) => {
  expect(problemsOf(gates)).toMatch(new RegExp(message));
});

it('needs exactly one app to start', () => {
  const text = HEAD.replace("command: [sleep, '9']", 'port: 8000') + IDLE;
  expect((parse(text).problems ?? [])[0]?.message).toMatch(/exactly one target/);
});

it('takes every measurement, with what it needs', () => {
  const { value, problems } = parse(`${HEAD}
  - { gate: Start, measurement: startup, expect: { p50: "< 2s" } }
  - { gate: Size, measurement: size, files: { js: "dist/*.js" }, expect: { gzip: "< 300kB" } }
  - { gate: Load, measurement: http, url: "http://127.0.0.1:1/", for: 5s, expect: { p95: "< 200ms", errors: "< 5%" } }
  - { gate: Token, measurement: ttft, url: "http://127.0.0.1:1", prompt: hi, cold: true, expect: { p50: "< 3s" } }
  - { gate: Page, measurement: page, url: "http://127.0.0.1:1/", down: 750kbit/s, latency: 100ms, expect: { p95: "< 3s" } }
  - { gate: Bench, measurement: run, command: [./bench], unit: ms, expect: { p50: "< 5ms" } }
  - { gate: Unloads, wait: 5m }
  - { gate: Idle, window: 60s }
`);
  expect(problems).toBeNull();
  const probes = (value?.gates ?? []).flatMap(({ step }) => (step.by === 'measurement' ? [step.probe] : []));
  expect(probes).toMatchObject([
    { kind: 'startup', argv: ['sleep', '9'], ready: { by: 'port', port: 8000 }, runs: 5, states: ['warm'] },
    { kind: 'size', folder: '/', groups: [{ name: 'js', pattern: 'dist/*.js' }] },
    { kind: 'http', method: 'GET', amount: { durationMs: 5_000 }, concurrency: 5 },
    { kind: 'ttft', prompt: 'hi', model: null, runs: 10, states: ['cold'] },
    { kind: 'page', downBitsPerSecond: 750_000, upBitsPerSecond: 750_000, latencyMs: 100 },
    { kind: 'run', argv: ['./bench'], runs: 1, unit: 'ms' },
  ]);
});

it('tells what is wrong with windows, measurements and when the app is ready, too', () => {
  const text = `ready: prt:8000
targets: { app: { select: { command: [sleep, '9'] } } }
windows: [{ id: quiet, trigger: user-quiet, quietFor: 60s }]
measurements: [{ id: a, kind: http, url: "http://127.0.0.1:1/", cron: "61 * * * *" }]
reports: { cron: nightly }
gates:
${IDLE}`;
  const told = (parse(text).problems ?? []).map(({ line, message }) => `${line}: ${message}`).join('\n');
  expect(told).toMatch(/^1: .*prt:8000/m);
  expect(told).toMatch(/^3: user-quiet rests on/m);
  expect(told).toMatch(/^4: .*61 \* \* \* \*/m);
  expect(told).toMatch(/^5: .*nightly/m);
});
