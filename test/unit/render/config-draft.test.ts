import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/config-document.ts';
import { YamlDocument } from '../../../src/config/yaml-document.ts';
import type { DiscoveredTarget, Discovery } from '../../../src/model/discovery.ts';
import { renderConfigDraft } from '../../../src/render/config-draft.ts';

const CONTEXT = {
  folder: '/srv/app',
  rules: ['no-background-agents', 'idle-budget'],
  otherPacks: [{ name: 'no-polling', about: 'No thread wakes on a beat.' }],
};

const target = (given: Partial<DiscoveredTarget> = {}): DiscoveredTarget => ({
  name: 'web',
  select: { by: 'port', port: 8000 },
  selectNote: null,
  processes: [{ pid: 7, name: 'web', cmdline: 'web --port 8000' }],
  processCount: 1,
  ports: [8000],
  tables: [],
  events: null,
  logs: [],
  folders: [],
  neighbours: [],
  ...given,
});

const draft = (...targets: DiscoveredTarget[]): string =>
  renderConfigDraft({ schemaVersion: 1, targets, missing: [] } satisfies Discovery, CONTEXT);

function parsed(text: string) {
  const { value, problems } = parseConfig(new YamlDocument(text), CONTEXT.folder);
  expect(problems, text).toBeNull();
  return value!;
}

const events = (path: string, table: string, types: string[], userTypes: string[]) => ({
  path,
  table,
  columns: { id: 'id', type: 'type', time: 'at' },
  types,
  userTypes,
  found: 'open' as const,
  score: 100,
});

describe('renderConfigDraft', () => {
  it('is a configuration of its own, with windows that rest on what was found', () => {
    const table = events('/srv/app/data/a.db', 'events', ['user_message', 'x'], ['user_message']);
    const value = parsed(draft(target({ events: table, tables: [table] })));
    expect(value.targets).toEqual([
      {
        name: 'web',
        select: { by: 'port', port: 8000 },
        tree: true,
        events: { sqlite: '/srv/app/data/a.db', table: 'events' },
      },
    ]);
    expect(value.user).toEqual([{ activity: 'event', match: { type: 'user_message' } }]);
    expect(value.windows.map(({ id }) => id)).toEqual(['after-use', 'nightly', 'by-hand']);
    expect(value.rules).toEqual(CONTEXT.rules);
  });

  it('takes callers for users where no table tells of them, and opens no window after use where nobody can call', () => {
    expect(parsed(draft(target())).user).toEqual([
      { activity: 'network', match: { direction: 'inbound', op: 'accept' } },
    ]);
    const mute = parsed(draft(target({ ports: [] })));
    expect(mute.user).toEqual([]);
    expect(mute.windows.map(({ id }) => id)).toEqual(['nightly', 'by-hand']);
  });

  it('tells the users of several targets apart', () => {
    const value = parsed(draft(target(), target({ name: 'model', select: { by: 'name', name: 'm' } })));
    expect(value.user.map(({ match }) => match)).toMatchObject([{ target: 'web' }, { target: 'model' }]);
  });

  it.each([' \n', '\n ', ' \n a\n'])('keeps a table called %j as it is', (table) => {
    const found = events('/srv/app/a.db', table, [], []);
    const [{ events: read } = {}] = parsed(draft(target({ events: found, tables: [found] }))).targets;
    expect(read?.table).toBe(table);
  });

  it('quotes whatever an app calls itself, its files, tables and rows', () => {
    const hostile = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
    const yamlish = fc.constantFrom(
      '# x',
      'a: b',
      '- x',
      '{',
      '"',
      "'",
      '\n- a',
      '*x',
      '&a',
      '!!js',
      'null',
      '~',
      '1e3',
      'yes',
      ' ',
      '\t',
      '|',
      '>',
      '%',
      '---',
      '\u2028x',
      '\r\nwindows: []',
      '${HOME}',
    );
    const text = fc
      .oneof(
        hostile,
        yamlish,
        fc.tuple(yamlish, hostile).map(([a, b]) => a + b),
      )
      .filter((one) => !/[\ud800-\udfff]/.test(one));
    fc.assert(
      fc.property(text, text, text, text, (name, table, type, path) => {
        const clean = `/srv/app/${path.replaceAll(/[/\0]/g, '_')}`;
        const found = events(clean, table, [type], [type]);
        const value = parsed(
          draft(
            target({
              select: { by: 'name', name },
              selectNote: name,
              processes: [{ pid: 1, name, cmdline: table }],
              events: found,
              tables: [found, { ...found, table: type, found: 'lying' }],
              logs: [
                { path, format: null },
                { path: clean, format: 'jsonl' },
              ],
              folders: [
                { path: clean, doubt: null },
                { path: type, doubt: name },
              ],
              neighbours: [{ name, pid: 3, port: null, relation: 'child', isModel: true }],
            }),
          ),
        );
        expect(value.targets).toHaveLength(1);
        expect(value.targets[0]).toMatchObject({
          select: { by: 'name', name },
          events: { table },
          logs: [{ file: clean, format: 'jsonl' }],
        });
        expect(value.user[0]?.match).toEqual({ type });
        expect(value.windows).toHaveLength(3);
      }),
      { numRuns: 500 },
    );
  });

  it('suggests model servers by names that are free', () => {
    const server = { name: 'ollama', pid: 3, port: 11_434, relation: 'peer' as const, isModel: true };
    const text = draft(
      target({ name: 'model', neighbours: [server] }),
      target({ name: 'model-2', neighbours: [server] }),
    );
    expect(text.match(/# model[-\d]*(?=:)/g)).toEqual(['# model-3', '# model-4']);
  });

  it('suggests nothing that would not be accepted', () => {
    const table = events('/srv/app/a b.db', 'events', ['user_message'], ['user_message']);
    const text = draft(
      target({
        tables: [{ ...table, found: 'lying' }],
        neighbours: [{ name: 'ollama', pid: 3, port: 11_434, relation: 'peer', isModel: true }],
      }),
    );
    const suggestion = /^( *)# ((?:strict|state|retention|metrics|alerts|events|model|- no-polling)\b.*)$/gm;
    expect(text.match(suggestion)).toHaveLength(8);
    const value = parsed(text.replaceAll(suggestion, '$1$2'));
    expect(value.targets.map(({ name }) => name)).toEqual(['web', 'model']);
    expect(value.targets[0]?.events).toEqual({ sqlite: '/srv/app/a b.db', table: 'events' });
    expect(value.rules).toEqual([...CONTEXT.rules, 'no-polling']);
    expect(value).toMatchObject({ strict: true, metricsAddress: '127.0.0.1:9477' });
    expect(value.alerts).toHaveLength(1);
  });
});
