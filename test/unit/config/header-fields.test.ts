import { expect, it } from 'vitest';
import { assertHeaders } from '../../../src/config/header-fields.ts';
import { parseGatesFile } from '../../../src/config/gates-file.ts';
import { YamlDocument } from '../../../src/config/yaml-document.ts';

const GATES = `targets: { app: { select: { command: [app] } } }
ready: "port:1"
gates:
  - { gate: Use, http: { url: "http://127.0.0.1:1/", headers: { x-api-key: "\${API_KEY}" } } }
  - { gate: Load, measurement: http, url: "http://127.0.0.1:1/", headers: { a: "\${A}\${B}" }, expect: { p50: "< 1s" } }
  - { gate: Idle, window: 60s }
`;

it('are found in gates, with their places, and asked for before anything runs', () => {
  const { value, problems } = parseGatesFile(new YamlDocument(GATES), '/etc');
  expect(problems).toBeNull();
  const refusal = (environment: Record<string, string>): string => {
    try {
      assertHeaders('gates.yaml', value?.headers ?? [], environment);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const all = refusal({ B: 's3cret' });
  expect(all).toMatch(/gates\.yaml:4:\d+: the environment variable API_KEY is not set/);
  expect(all).toMatch(/gates\.yaml:5:\d+: the environment variable A is not set/);
  expect(all).not.toContain('s3cret');
  expect(refusal({ A: 'a', B: 'b', API_KEY: 'c' })).toBe('');
});

/** The problems of gates with one header. */
const problemsWith = (name: string, value: string): unknown =>
  parseGatesFile(new YamlDocument(GATES.replace('x-api-key: "${API_KEY}"', `${name}: "${value}"`)), '/etc')
    .problems;

it.each([
  ['cookie', 'session=abc', 'session=${SESSION}'],
  ['Set-Cookie', 'session=abc; HttpOnly', 'session=${SESSION}'],
  ['Authorization', 'Bearer abc', '${API_TOKEN}'],
  ['Proxy-Authorization', 'Basic dXNlcjpwdw==', '${API_TOKEN}'],
  ['X-API-Key', 'abc', '${API_TOKEN}'],
  ['apikey', 'abc', '${API_TOKEN}'],
  ['x_api_key', 'abc', '${API_TOKEN}'],
  ['x-goog-api-key', 'abc', '${API_TOKEN}'],
  ['Ocp-Apim-Subscription-Key', 'abc', '${API_TOKEN}'],
  ['x-functions-key', 'abc', '${API_TOKEN}'],
  ['X-Auth-Key', 'abc', '${API_TOKEN}'],
  ['X-Amz-Security-Token', 'abc', '${API_TOKEN}'],
  ['x-authtoken', 'abc', '${API_TOKEN}'],
  ['x-password', 'abc', '${API_TOKEN}'],
  ['x-session-id', 'abc', '${API_TOKEN}'],
  ['x-forwarded-user', 'Basic dXNlcjpwdw==', '${API_TOKEN}'],
])('are secrets: %s: %s', (name, value, example) => {
  const message = expect.stringContaining(`take it from the environment, as in ${example}`) as string;
  expect(problemsWith(name, value)).toMatchObject([{ line: 4, message }]);
  expect(JSON.stringify(problemsWith(name, value))).not.toContain(value);
  expect(problemsWith(name, '${SECRET_OF_MINE}')).toBeNull();
});

it.each([
  ['accept', 'application/json'],
  ['content-type', 'application/json'],
  ['idempotency-key', '7f3a'],
  ['x-author', 'me'],
  ['x-tokens', '64'],
  ['x-request-id', '7'],
  ['user-agent', 'basic'],
])('are no secrets: %s: %s', (name, value) => {
  expect(problemsWith(name, value)).toBeNull();
});

it('hold no secret that is written out', () => {
  const { problems } = parseGatesFile(new YamlDocument(GATES.replace('${API_KEY}', 'abc')), '/etc');
  expect(problems).toMatchObject([{ line: 4, message: expect.stringContaining('${API_TOKEN}') as string }]);
});

it('have what an address does not: a password', () => {
  const { problems } = parseGatesFile(
    new YamlDocument(
      GATES.replace('"http://127.0.0.1:1/", headers: { x-', '"http://me:pw@127.0.0.1:1/", headers: { x-'),
    ),
    '/etc',
  );
  expect(problems).toMatchObject([
    { line: 4, message: expect.stringContaining('a password does not stand in a file') as string },
  ]);
});
