import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/config-document.ts';
import { YamlDocument } from '../../../src/config/yaml-document.ts';

const read = (text: string) => parseConfig(new YamlDocument(text), '/srv/app');
const problemsOf = (text: string): string[] => (read(text).problems ?? []).map(({ message }) => message);

const TARGET = 'targets:\n  app:\n    select: { port: 80 }\n';

describe('logs and derived metrics of a configuration', () => {
  it('are read, with paths from its folder', () => {
    const { value } = read(`${TARGET}    logs:
      - { file: ./a.log, format: perf }
      - { file: b.jsonl }
      - { file: /var/log/c.log, format: { regex: '(?<status>\\d+)' } }
derived:
  retry.success: { ratio: [{ log: ok }, { event: start, distinct: id }] }
  chat: { requests: { by: id, start: { log: a }, end: { log: b } } }
`);
    const [app] = value?.targets ?? [];
    expect(app?.logs).toEqual([
      { file: '/srv/app/a.log', format: 'perf' },
      { file: '/srv/app/b.jsonl', format: 'jsonl' },
      { file: '/var/log/c.log', format: { regex: '(?<status>\\d+)' } },
    ]);
    expect(Object.keys(app?.derived ?? {})).toEqual(['retry.success', 'chat']);
  });

  it('make a user that is seen by lines', () => {
    const user = 'user: [{ activity: log, match: { category: asked } }]\n';
    expect(problemsOf(`${TARGET}${user}`)).toEqual([expect.stringContaining('no target has logs')]);
    expect(problemsOf(`${TARGET}    logs: [{ file: a.log }]\n${user}`)).toEqual([]);
  });

  it.each([
    [`${TARGET}    logs: [{ file: a.log, format: xml }]\n`],
    [`${TARGET}    logs: [{ file: a.log, format: { regex: '(' } }]\n`],
    [`${TARGET}    logs: [{ file: a.log, format: { regex: '(a)\\1' } }]\n`],
    [`${TARGET}    logs: []\n`],
    [`${TARGET}    logs: [{ path: a.log }]\n`],
    [`${TARGET}derived: { a: { ratio: [{ log: x }] } }\n`],
    [`${TARGET}derived: { a: { ratio: [{ log: x }, { metric: cpu.percent }] } }\n`],
    [`${TARGET}derived: { a.total: { ratio: [{ log: x }, { log: y }] } }\n`],
    [`${TARGET}derived: { a: { chain: { by: id, from: { log: x } } } }\n`],
    [`${TARGET}derived: { a: { ratio: [{ log: x }, { log: y }], chain: 1 } }\n`],
  ])('%s is refused', (text) => {
    expect(problemsOf(text).length).toBeGreaterThan(0);
  });
});
