import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/config-document.ts';
import { YamlDocument } from '../../../src/config/yaml-document.ts';

const read = (text: string) =>
  parseConfig(new YamlDocument(`targets: { app: { select: { port: 8000 } } }\n${text}`), '/etc/app');

const problemsOf = (text: string) =>
  (read(text).problems ?? []).map(({ line, column, message }) => `${line}:${column} ${message}`);

describe('what only the daemon uses', () => {
  it('is read', () => {
    const { value } = read(
      'metrics: { listen: 127.0.0.1:9477 }\nreports: { cron: "0 7 * * *" }\nbaseline: { compareWith: pinned }\n',
    );
    expect(value).toMatchObject({
      metricsAddress: '127.0.0.1:9477',
      summaryCron: '0 7 * * *',
      compareWith: 'pinned',
    });
    expect(read('').value).toMatchObject({ metricsAddress: null, summaryCron: null, compareWith: null });
  });

  it.each([
    ['metrics: { listen: 0.0.0.0:9477 }', '2:20 «0.0.0.0:9477» is no address for metrics: 0.0.0.0 is not'],
    ['metrics:\n  listen: 127.0.0.1', '3:11 «127.0.0.1» is no address for metrics: it is not'],
    ['metrics: { listen: "127.0.0.1:0" }', '2:20 «127.0.0.1:0» is no address for metrics: a port'],
    ['reports: { cron: "0 25 * * *" }', '2:18 «0 25 * * *» is not a cron expression'],
    ['reports: { cron: daily }', '2:18 «daily» is not a cron expression'],
    ['baseline: { compareWith: pined }', '2:26 '],
  ])('%s is refused, with its place', (text, expected) => {
    const [first = ''] = problemsOf(text);
    expect(first.slice(0, expected.length)).toBe(expected);
  });
});
