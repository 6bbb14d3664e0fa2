import { describe, expect, it } from 'vitest';
import { type Config, parseConfig } from '../../../src/config/config-document.ts';
import { YamlDocument } from '../../../src/config/yaml-document.ts';

const TARGETS = `targets:
  app: { select: { port: 8000 }, events: { sqlite: app.db } }
`;
const USER = `user: [{ activity: event, match: { type: user_message } }]
`;

const read = (text: string) => parseConfig(new YamlDocument(text), '/etc/app');

function windowsOf(text: string): Config {
  const { value, problems } = read(TARGETS + text);
  expect(problems).toBeNull();
  return value!;
}

/** Problems as `line:column message`, with the lines counted from after the targets. */
const wrong = (text: string, targets = TARGETS) => {
  const before = targets.split('\n').length - 1;
  return (read(targets + text).problems ?? []).map(
    ({ line, column, message }) => `${line - before}:${column} ${message}`,
  );
};

describe('windows of a configuration', () => {
  it('are none where it has none', () => {
    expect(windowsOf('')).toMatchObject({ windows: [], user: [] });
  });

  it('are read with their defaults', () => {
    const { windows, user } = windowsOf(`${USER}windows:
  - { id: after-chat, trigger: user-quiet, quietFor: 60s, settle: 10s }
  - { id: nightly, trigger: schedule, cron: "0 2 * * *", duration: 4h, timezone: Europe/Berlin }
  - { id: by-hand, trigger: manual, settle: auto, maxDuration: 30m, minDuration: 1m, guard: 0s }
  - { id: often, trigger: schedule, cron: "*/30 * * * * *", duration: 20s }
`);
    const limits = { settleMs: 5000, maxDurationMs: 3_600_000, minDurationMs: 10_000, guardMs: 2000 };
    expect(user).toEqual([{ activity: 'event', match: { type: 'user_message' } }]);
    expect(windows).toEqual([
      { ...limits, id: 'after-chat', trigger: 'user-quiet', quietForMs: 60_000, settleMs: 10_000 },
      {
        ...limits,
        id: 'nightly',
        trigger: 'schedule',
        cron: '0 2 * * *',
        durationMs: 14_400_000,
        timezone: 'Europe/Berlin',
      },
      {
        id: 'by-hand',
        trigger: 'manual',
        settleMs: 'auto',
        maxDurationMs: 1_800_000,
        minDurationMs: 60_000,
        guardMs: 0,
      },
      {
        ...limits,
        id: 'often',
        trigger: 'schedule',
        cron: '*/30 * * * * *',
        durationMs: 20_000,
        timezone: null,
      },
    ]);
  });

  it('may last as long as a command', () => {
    const { value } = read(
      'targets: { app: { select: { command: [app] } } }\nwindows: [{ id: whole, trigger: run }]\n',
    );
    expect(value?.windows).toMatchObject([{ id: 'whole', trigger: 'run' }]);
  });
});

const one = (rest: string) => `windows: [{ id: w, ${rest} }]\n`;
const cron = (expression: string, rest = 'duration: 1h') =>
  one(`trigger: schedule, cron: "${expression}", ${rest}`);

describe('what is wrong with windows is told with its place', () => {
  it.each([
    [one('trigger: manuel'), /^1:29 «manuel» is not a value of trigger; did you mean manual\?$/],
    [one('trigger: user-quiet') + USER, /^1:\d+ quietFor is missing/],
    [one('trigger: user-quiet, quietFor: 60') + USER, /^1:51 «60» lacks a unit; did you mean 60s\?$/],
    [one('trigger: user-quiet, quietFor: 0s') + USER, /^1:51 «0s» is not a duration longer than 0/],
    [one('trigger: manual, setle: 5s'), /^1:37 «setle» is not a key here; did you mean settle\?$/],
    [one('trigger: manual, quietFor: 5s'), /^1:37 «quietFor» is not a key here/],
    [one('trigger: manual, settle: soon'), /^1:45 «soon» is not a duration such as 5s or 1m, or auto$/],
    [
      one('trigger: manual, maxDuration: 5s'),
      /^1:50 windows of at most 5 s would all be shorter than minDuration, 10 s$/,
    ],
    [one('trigger: manual, minDuration: 2h'), /^1:\d+ windows of at most 60 min would all be shorter/],
    ['windows: [{ id: a b, trigger: manual }]\n', /^1:17 letters, digits/],
    ['windows: { id: a }\n', /^1:10 windows must be a list, not a map/],
    [one('trigger: run'), /^1:29 run is the life of a command, and no target is one/],
    [one('trigger: user-quiet, quietFor: 60s'), /^1:29 user-quiet rests on `user:`/],
    [
      cron('0 25 * * *'),
      /^1:45 «0 25 \* \* \*» is not a cron expression \(25 is a invalid expression for hour\)/,
    ],
    [cron('0 2 * *'), /expected 5 or 6 fields but got 4/],
    [cron('0 2 30 2 *'), /impossible day of month/],
    [cron(''), /is not a cron expression/],
    [
      cron('0 2 * * *', 'duration: 1h, timezone: Europe/Berlim'),
      /^1:\d+ «Europe\/Berlim» is not a time zone; did you mean Europe\/Berlin\?$/,
    ],
    [cron('0 2 * * *', 'duration: 1h, timezone: UCT0'), /is not a time zone; did you mean UTC\?$/],
    [
      cron('0 2 * * *', 'duration: 14s'),
      /^1:\d+ after settling, 5 s, less than minDuration, 10 s, is left of 14 s$/,
    ],
    ['user: []\n', /^1:7 /],
    ['user: [{ activity: events }]\n', /^1:20 «events» is not a value of activity; did you mean event\?$/],
    ['user: [{ activity: event, match: { tipe: x } }]\n', /^1:36 .*tipe.*did you mean type\?$/],
    ['user: [{ activity: event, match: {} }]\n', /^1:34 an empty match would match everything$/],
    ['user: [{ activity: file }]\n', /^1:20 «file» would never be seen: no target has files$/],
    ['user: [{ activity: log }]\n', /^1:20 «log» would never be seen: no target has logs$/],
  ])('%s', (text, message) => {
    const problems = wrong(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });

  it('events that nobody reads would never close a window', () => {
    expect(wrong(USER, 'targets: { app: { select: { port: 80 } } }\n')).toEqual([
      '1:20 «event» would never be seen: no target has events',
    ]);
    expect(wrong('user: [{ activity: network, match: { direction: inbound } }]\n')).toEqual([]);
  });

  it('all at once', () => {
    expect(
      wrong(`windows:
  - { id: a, trigger: manual }
  - { id: b, trigger: user-quiet, quietFor: 1m }
  - { id: a, trigger: schedule, cron: "* * *", duration: 1m }
`),
    ).toEqual([
      expect.stringMatching(/^3:23 user-quiet rests on/),
      expect.stringMatching(/^4:11 there is another window with the id «a»$/),
      expect.stringMatching(/^4:39 «\* \* \*» is not a cron expression/),
    ]);
  });

  it.each<[string, string, string | undefined]>([
    ['another window', '  - { id: c, trigger: manul }\n', undefined],
    ['a target', '', 'targets: { app: { select: { prt: 80 } } }\n'],
    ['the file', 'tock: 1s\n', undefined],
  ])('all at once, whatever else is wrong with %s', (_, more, targets) => {
    const problems = wrong(
      `windows:
  - { id: a, trigger: manual }
  - { id: b, trigger: user-quiet, quietFor: 1m }
  - { id: a, trigger: schedule, cron: "* * *", duration: 1m, timezone: UCT0 }
${more}`,
      ...(targets === undefined ? [] : [targets]),
    );
    for (const words of ['user-quiet rests on', 'another window', 'is not a cron', 'is not a time zone']) {
      expect(problems.filter((problem) => problem.includes(words))).toHaveLength(1);
    }
    expect(problems.length).toBeGreaterThan(4);
  });
});
