import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/config.ts';
import { configuredSinks } from '../../../src/config/sinks.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-alerts-'));
  path = join(folder, 'idleproof.yaml');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (alerts: string) => {
  writeFileSync(path, `targets: {}\nalerts:\n${alerts}`);
  return loadConfig(path).alerts;
};

describe('alerts: in a configuration', () => {
  it('names sinks, with secrets from the environment', () => {
    const sinks = load(`
  - { type: webhook, url: "\${ALERT_URL}" }
  - { type: slack, url: "https://hooks.example.com/services/\${TEAM}/\${TOKEN}" }
  - { type: alertmanager, url: "http://127.0.0.1:9093" }
  - { type: email, smtp: "smtps://\${USER_NAME}:\${PASS}@mail.example.com", from: idle@example.com, to: [ops@example.com] }
  - { type: command, argv: [/usr/bin/logger, -t, "\${NOT_A_SECRET}", ""], timeout: 5s }
  - { type: command, argv: ["true"] }
`);
    const env = {
      ALERT_URL: 'http://example.com/x',
      TEAM: 'T1',
      TOKEN: 'tok$&en',
      USER_NAME: 'u',
      PASS: 'p%40',
    };
    expect(configuredSinks(path, sinks, env)).toEqual([
      { type: 'webhook', url: 'http://example.com/x' },
      { type: 'slack', url: 'https://hooks.example.com/services/T1/tok$&en' },
      { type: 'alertmanager', url: 'http://127.0.0.1:9093' },
      {
        type: 'email',
        smtp: 'smtps://u:p%40@mail.example.com',
        from: 'idle@example.com',
        to: ['ops@example.com'],
      },
      { type: 'command', argv: ['/usr/bin/logger', '-t', '${NOT_A_SECRET}', ''], timeoutMs: 5_000 },
      { type: 'command', argv: ['true'], timeoutMs: 30_000 },
    ]);
  });

  it('is read without the secrets where nobody sends alerts', () => {
    expect(load('  - { type: webhook, url: "${NOT_SET}" }\n')).toMatchObject([
      { sink: { type: 'webhook', url: '${NOT_SET}' }, secretAt: { line: 3, column: 27 } },
    ]);
  });

  it('says which variables are missing, and where, and no value', () => {
    const sinks = load(`
  - { type: webhook, url: "http://\${HOST}/\${TOKEN}" }
  - { type: slack, url: "\${SLACK}" }
  - { type: email, smtp: "\${SMTP}", from: a@b, to: [c@d] }
`);
    const env = { HOST: 'h', TOKEN: '', SLACK: 'hunter2hunter2', SMTP: 'http://hunter2hunter2' };
    const attempt = (): unknown => configuredSinks(path, sinks, env);
    expect(attempt).toThrowError(expect.objectContaining({ code: 'CONFIG_INVALID', exitCode: 3 }));
    expect(attempt).toThrowError(/:4:27: the environment variable TOKEN is not set\n/);
    expect(attempt).toThrowError(/:5:25: with the value of SLACK this is no http or https address\n/);
    expect(attempt).toThrowError(/:6:26: with the value of SMTP this is no smtp or smtps address/);
    expect(attempt).not.toThrowError(/hunter2/);
  });

  it.each([
    [
      '  - { type: webhok, url: "http://x" }',
      /:3:13: «webhok» is not a value of type; did you mean webhook\?/,
    ],
    [
      '  - { url: "http://x" }',
      /:3:\d+: type is missing; one of webhook, slack, alertmanager, email, command/,
    ],
    ['  - { type: webhook, ulr: "http://x" }', /:3:22: «ulr» is not a key here; did you mean url\?/],
    ['  - { type: webhook }', /url is missing/],
    ['  - { type: webhook, url: "ftp://x" }', /:3:27: an address such as https:/],
    ['  - { type: webhook, url: "${A-B}" }', /:3:27: the name of an environment variable/],
    ['  - { type: email, smtp: "smtp://x", from: nobody, to: [a@b] }', /:3:44: a mail address/],
    ['  - { type: email, smtp: "smtp://x", from: a@b, to: a@b }', /:3:53: to must be a list/],
    ['  - { type: command, argv: [""] }', /a program and its arguments/],
    ['  - { type: command, argv: "rm -rf" }', /argv must be a list/],
    ['  - { type: command, argv: [a], timeout: 1h }', /:3:42: «1h» is not a duration up to 5m/],
  ])('says where %j is wrong', (text, message) => {
    expect(() => load(`${text}\n`)).toThrowError(message);
  });

  it('refuses a password that stands in the file, and does not repeat it', () => {
    const attempt = (): unknown =>
      load('  - { type: email, smtp: "smtp://u:hunter2@x", from: a@b, to: [c@d] }\n');
    expect(attempt).toThrowError(/:3:26: a password does not stand in a file/);
    expect(attempt).not.toThrowError(/hunter2/);
  });
});
