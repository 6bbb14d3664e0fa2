import { expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/config-document.ts';
import { YamlDocument } from '../../../src/config/yaml-document.ts';

const URL = 'url: "http://127.0.0.1:8000/health"';
const ONE = 'targets: { app: { select: { port: 8000 } } }\n';
const TWO = 'targets: { app: { select: { port: 8000 } }, model: { select: { port: 8001 } } }\n';

const parse = (measurements: string, targets = ONE) =>
  parseConfig(new YamlDocument(`${targets}measurements:\n${measurements}`), '/etc');
const entry = (fields: string): string => `  - { id: a, cron: "0 1 * * *", ${fields} }\n`;
const problemsOf = (fields: string): string =>
  (parse(entry(fields)).problems ?? [])
    .map(({ line, column, message }) => `${line}:${column}: ${message}`)
    .join('\n');

it('reads the measurement of the contract', () => {
  const { value, problems } = parse(
    `  - { id: chat-latency, kind: http, target: app, ${URL}, requests: 200, concurrency: 5, cron: "0 1 * * *" }\n`,
  );
  expect(problems).toBeNull();
  expect(value?.measurements).toEqual([
    {
      id: 'chat-latency',
      target: 'app',
      cron: '0 1 * * *',
      timezone: null,
      better: null,
      probe: {
        kind: 'http',
        url: 'http://127.0.0.1:8000/health',
        method: 'GET',
        headers: {},
        body: null,
        concurrency: 5,
        amount: { requests: 200 },
        timeoutMs: 10_000,
      },
    },
  ]);
});

it('is of the only target that there is, and else of the one that is named', () => {
  const ofs = (targets: string): unknown =>
    parse(entry(`kind: http, ${URL}`), targets).value?.measurements.map(({ target }) => target);
  expect([ofs(ONE), ofs(TWO)]).toEqual([['app'], [null]]);
});

it.each([
  ['an unknown kind', `kind: htp, ${URL}`, /^3:.*«htp» is not a value of kind.*http/],
  ['an unknown key', `kind: http, ulr: "http://x/"`, /^3:.*«ulr» is not a key here.*url/],
  ['an unknown target', `kind: http, ${URL}, target: ap`, /^3:.*«ap» is none of the targets.*app/],
  ['a key of another kind', `kind: http, ${URL}, prompt: hi`, /^3:.*`prompt` is not for http/],
  ['a missing key', 'kind: ttft, prompt: hi', /^3:.*ttft needs an `url`/],
  ['what is no address', 'kind: http, url: "127.0.0.1:8000"', /^3:.*an address such as/],
  ['two amounts', `kind: http, ${URL}, requests: 3, for: 5s`, /^3:.*either `for` or `requests`/],
  ['too long a time', `kind: http, ${URL}, for: 2h`, /^3:.*at most 1h/],
  ['what is no time zone', `kind: http, ${URL}, timezone: Europe/Berlim`, /^3:.*Europe\/Berlin/],
  ['a start that is only waited for', 'kind: startup, command: [app], ready: 5s', /^3:.*nothing to measure/],
  ['what is no condition', 'kind: startup, command: [app], ready: prt:80', /^3:.*«prt:80» is none of/],
  ['what is no rate', `kind: page, ${URL}, down: fast`, /^3:.*a rate such as/],
  [
    'a secret that is written out',
    `kind: http, ${URL}, headers: { Authorization: "Bearer x" }`,
    /^3:\d+: .*does not stand in a file.*\$\{API_TOKEN\}/,
  ],
  [
    'what is no variable',
    `kind: http, ${URL}, headers: { a: "\${A-B}" }`,
    /^3:.*the name of an environment variable/,
  ],
  ['a direction that is known', `kind: http, ${URL}, better: higher`, /^3:.*`better` is for run/],
  ['a unit that nobody can tell', 'kind: run, command: [a], unit: mb', /^3:.*write Mbit or MB/],
  ['a header of two lines', `kind: http, ${URL}, headers: { a: "b\\nc" }`, /^3:.*one line/],
])('refuses %s, with its place', (_, fields, message) => {
  expect(problemsOf(fields)).toMatch(message);
});

it('refuses a cron expression that is none, and an id that is taken', () => {
  const { problems } = parse(
    `${entry(`kind: http, ${URL}`)}  - { id: a, cron: "61 * * * *", kind: http, ${URL} }\n`,
  );
  const told = (problems ?? []).map(({ line, message }) => `${line}: ${message}`).join('\n');
  expect(told).toMatch(/^4: there is another measurement with the id «a»/m);
  expect(told).toMatch(/^4: «61 \* \* \* \*» is not a cron expression/m);
});

it('keeps references to the environment as they are written, with their places, and nothing else', () => {
  const fields = `kind: http, ${URL}, headers: { authorization: "Bearer \${TOKEN}", x-plain: a }`;
  const { value } = parse(entry(fields));
  expect(value?.measurements[0]?.probe).toMatchObject({
    headers: { authorization: 'Bearer ${TOKEN}', 'x-plain': 'a' },
  });
  expect(value?.headers).toEqual([
    { value: 'Bearer ${TOKEN}', line: 3, column: expect.any(Number) as number },
  ]);
});

it('knows which way is better where a command counts', () => {
  const { value } = parse(entry('kind: run, command: [a], better: higher'));
  expect(value?.measurements[0]).toMatchObject({ better: 'higher', probe: { kind: 'run' } });
});
