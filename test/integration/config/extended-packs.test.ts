import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadRulePacks } from '../../../src/config/rule-packs.ts';
import type { Rule, RulePack } from '../../../src/core/rules/pack.ts';
import { IdleproofError } from '../../../src/errors.ts';
import { rulesDigestOf } from '../../../src/session/prove.ts';

const packsFolder = new URL('../../../rules', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'idleproof-extends-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const load = (...names: string[]): RulePack[] => loadRulePacks(names, { packsFolder });

function rulesOf(name: string): Record<string, Rule> {
  const [pack] = load(name);
  return Object.fromEntries((pack?.rules ?? []).map((rule) => [rule.id, rule]));
}

/** What is wrong, without the path of the file. */
function problemsOf(path: string, name = path): string[] {
  try {
    load(name);
  } catch (error) {
    if (!(error instanceof IdleproofError)) throw error;
    expect(error.exitCode).toBe(3);
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.replace(`${path}:`, ''));
  }
  return [];
}

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('a pack that extends another', () => {
  it('has its rules, and its own after them', () => {
    const path = write(
      'more.yaml',
      `pack: more
extends: idle-budget
rules:
  - { id: few-threads, kind: threshold, metric: threads, expect: { max: "< 50" } }
`,
    );
    expect(Object.keys(rulesOf(path))).toEqual(['idle-cpu', 'idle-wakeups', 'few-threads']);
  });

  it('changes what an override names, and nothing else', () => {
    const path = write(
      'changed.yaml',
      `pack: changed
extends: idle-budget
override:
  idle-cpu: { expect: { mean: "< 1" }, severity: warn, minDuration: 1m }
  idle-wakeups: { expect: { mean: null, max: "< 100" }, why: null }
`,
    );
    const shipped = rulesOf('idle-budget');
    const rules = rulesOf(path);
    expect(rules['idle-cpu']).toEqual({
      ...shipped['idle-cpu'],
      expect: { mean: '< 1', p95: '< 1' },
      severity: 'warn',
      minDuration: '1m',
    });
    expect(rules['idle-wakeups']).toMatchObject({ expect: { max: '< 100' } });
    expect(rules['idle-wakeups']).not.toHaveProperty('why');
  });

  it('adds exceptions, its own and those of an override', () => {
    const path = write(
      'allowed.yaml',
      `pack: allowed
extends: no-telemetry
except:
  - { activity: network, match: { remote.ip: 192.0.2.10 }, reason: licences, every: 1h }
override:
  outbound-traffic:
    except: [{ match: { remote.ip: 192.0.2.11 }, reason: updates, optional: true }]
`,
    );
    const rule = rulesOf(path)['outbound-traffic'];
    expect(rule?.kind === 'absence' && rule.except?.map(({ reason }) => reason)).toEqual([
      'loopback addresses never leave the machine (RFC 1122, RFC 4291)',
      'updates',
    ]);
    expect(load(path)[0]?.except).toMatchObject([{ reason: 'licences' }]);
  });

  it('sets parameters: where it names the pack, as its own, and from the command line', () => {
    const named = write('named.yaml', 'pack: named\nextends: "idle-budget:memory=40MB"\n');
    expect(rulesOf(named)['idle-memory']).toMatchObject({ expect: { max: '< 40MB' } });
    const own = write('own.yaml', 'pack: own\nextends: idle-budget\nparams: { memory: 60MB }\n');
    expect(rulesOf(own)['idle-memory']).toMatchObject({ expect: { max: '< 60MB' } });
    expect(rulesOf(`${own}:memory=70MB`)['idle-memory']).toMatchObject({ expect: { max: '< 70MB' } });
    const further = write('further.yaml', 'pack: further\nextends: ./own.yaml\n');
    expect(rulesOf(further)['idle-memory']).toMatchObject({ expect: { max: '< 60MB' } });
    expect(
      rulesOf(write('off.yaml', 'pack: off\nextends: ./own.yaml\nparams: { memory: off }\n')),
    ).not.toHaveProperty('idle-memory');
  });

  it('leaves rules off that use a parameter which is off, wherever that is said', () => {
    expect(rulesOf('idle-budget')).not.toHaveProperty('idle-memory');
    expect(rulesOf('idle-budget:memory=off')).not.toHaveProperty('idle-memory');
    const on = write('on.yaml', 'pack: on\nextends: "idle-budget:memory=40MB"\n');
    expect(rulesOf(`${on}:memory=off`)).not.toHaveProperty('idle-memory');
  });

  it('may extend several, and packs beside it that extend others', () => {
    write(
      'below/base.yaml',
      'pack: base\nextends: [quiet-disk]\noverride: { idle-reads: { severity: warn } }\n',
    );
    const path = write('both.yaml', 'pack: both\nextends: [./below/base.yaml, no-polling]\n');
    expect(Object.keys(rulesOf(path))).toEqual([
      'idle-writes',
      'idle-reads',
      'file-period',
      'periodic-wakes',
    ]);
    expect(rulesOf(path)['idle-reads']).toMatchObject({ severity: 'warn' });
  });

  it('is known by the digests of all its files', () => {
    const base = write('digest/base.yaml', 'pack: base\nextends: no-polling\n');
    const path = write('digest/top.yaml', 'pack: top\nextends: base.yaml\n');
    const [pack] = load(path);
    expect(pack).toMatchObject({ pack: 'top', file: path, sha256: sha256(path) });
    expect(pack?.bases?.map((one) => [one.pack, one.sha256])).toEqual([
      ['base', sha256(base)],
      ['no-polling', sha256(join(packsFolder, 'no-polling.yaml'))],
    ]);
    const before = rulesDigestOf(load(path));
    writeFileSync(base, `${readFileSync(base, 'utf8')}# changed\n`);
    expect(rulesDigestOf(load(path))).not.toBe(before);
  });

  it('is known by the parameters that it was named with, in whatever order', () => {
    const digestOf = (...names: string[]): string => rulesDigestOf(load(...names));
    const digests = ['', ':memory=40MB', ':memory=50MB', ':memory=off'].map((given) =>
      digestOf(`idle-budget${given}`),
    );
    expect(new Set(digests).size).toBe(4);
    expect(digestOf('leak-watch:files=1/h,threads=2/h')).toBe(digestOf('leak-watch:threads=2/h,files=1/h'));
    expect(digestOf('leak-watch:files=1/h')).not.toBe(digestOf('leak-watch:threads=1/h'));
  });

  it('is so too where a file beside it is called like a pack that ships', () => {
    const base = write('alike/no-polling.yaml', 'pack: mine\nextends: no-polling\n');
    const path = write('alike/top.yaml', 'pack: top\nextends: ./no-polling.yaml\n');
    const from = process.cwd();
    process.chdir(dirname(path));
    try {
      const [top] = load('./top.yaml');
      const shipped = join(packsFolder, 'no-polling.yaml');
      expect(top?.bases?.map((one) => one.sha256)).toEqual([sha256(base), sha256(shipped)]);
      expect([top, ...(top?.bases ?? [])].map((one) => one?.path)).toEqual([path, base, shipped]);
      expect(load('no-polling').map((one) => one.path)).toEqual([shipped]);
    } finally {
      process.chdir(from);
    }
  });
});

describe('a mistake in a pack that extends another', () => {
  it('is an override of a rule that is not there', () => {
    const path = write(
      'typo.yaml',
      'pack: typo\nextends: idle-budget\noverride:\n  idle-cpus: { severity: warn }\n',
    );
    expect(problemsOf(path)).toEqual(['4:3: no rule «idle-cpus» is extended; did you mean idle-cpu?']);
    const alone = write(
      'alone.yaml',
      'pack: alone\noverride: { a: {} }\nrules: [{ id: a, kind: absence, activity: network }]\n',
    );
    expect(problemsOf(alone)).toEqual(['2:13: there is nothing to override: the pack extends no other']);
  });

  it('is a rule with an id that is there', () => {
    const path = write(
      'second.yaml',
      'pack: second\nextends: idle-budget\nrules:\n  - { id: idle-cpu, kind: threshold, metric: threads, expect: { max: "< 5" } }\n',
    );
    expect(problemsOf(path)).toEqual([
      '4:11: idle-budget has a rule «idle-cpu»; to change it, name it below `override`',
      '4:11: there is another rule with the id «idle-cpu»',
    ]);
  });

  it('is told where it stands in the override', () => {
    const path = write(
      'wrong.yaml',
      `pack: wrong
extends: [idle-budget, no-telemetry]
override:
  idle-cpu:
    expect: { men: "< 1" }
    severty: warn
  idle-wakeups: { expect: { mean: "< 5 MB" }, kind: trend }
  outbound-traffic:
    match: { drection: outbound }
    except: [{ match: { remote.prt: 5 }, reason: x, optional: true }]
`,
    );
    expect(problemsOf(path)).toEqual([
      '5:15: «men» is not a key here; did you mean mean?',
      '6:5: «severty» is not a key here; did you mean severity?',
      '7:35: idle-wakeups: «MB» is not a unit of count per second, which has none',
      '7:47: an override cannot change the kind of a rule; write a rule of your own',
      '9:14: outbound-traffic: «drection» is not a field of network; did you mean direction?',
      '10:25: outbound-traffic: «remote.prt» is not a field of network; did you mean remote.port?',
    ]);
  });

  it('is a parameter that nothing uses, or that does not fit', () => {
    const unused = write('unused.yaml', 'pack: unused\nextends: idle-budget\nparams: { memry: 50MB }\n');
    expect(problemsOf(unused)).toEqual(['3:11: no rule uses the parameter «memry»; did you mean memory?']);
    const unfit = write('unfit.yaml', 'pack: unfit\nextends: idle-budget\nparams: { memory: 50MX }\n');
    expect(problemsOf(unfit)[0]).toContain('3:19: idle-memory: «MX» is not a unit of bytes');
  });

  const LIMITED = 'rules: [{ id: a, kind: threshold, metric: cpu.percent, expect: { mean: "< {limit}" } }]\n';
  const NO_VALUE = 'has no value; where nothing is meant, write null';

  it.each([
    ['null', '3:10: limit is a value such as 50MB, or `off`, which switches off what uses it, not nothing'],
    ['', `3:3: «limit» ${NO_VALUE}`],
    ['""', '3:10: limit is empty'],
    ['" "', '3:10: limit is empty'],
    ['true', '3:10: limit is a value such as 50MB, or `off`, which switches off what uses it, not «true»'],
  ])('is a parameter that switches a limit off without saying so: %j', (value, problem) => {
    const path = write('blank.yaml', `pack: blank\nparams:\n  limit: ${value}\n${LIMITED}`);
    expect(problemsOf(path)).toEqual([problem]);
  });

  it('is a limit that is left blank, here or in an override', () => {
    const path = write(
      'blank-limit.yaml',
      'pack: blank\nextends: idle-budget\noverride:\n  idle-cpu:\n    expect: { mean: , p95: "< 2" }\n  idle-wakeups: { expect: { men: "< 1" } }\n',
    );
    expect(problemsOf(path)).toEqual([`5:15: «mean» ${NO_VALUE}`]);
    const rule = write(
      'blank-rule.yaml',
      'pack: b\nrules: [{ id: a, kind: absence, activity: network, match: { remote.ip } }]',
    );
    expect(problemsOf(rule)).toEqual([`2:61: «remote.ip» ${NO_VALUE}`]);
  });

  it.each([
    ['memory=', 'the parameter «memory» has no value'],
    ['memory= ', 'the parameter «memory» has no value'],
    ['memory', 'the parameter «memory» has no value'],
    ['', 'nothing follows the colon'],
    ['=50MB', 'a parameter has no name'],
    ['memory=50MB,', 'a parameter has no name'],
    ['memory=50MB,memory=60MB', 'the parameter «memory» is given twice'],
    ['memory=50MB,memory=50MB', 'the parameter «memory» is given twice'],
  ])('is a parameter in a name that is not one: %j', (given, problem) => {
    const base = write(
      'base.yaml',
      `pack: base\nparams: { memory: 5% }\n${LIMITED.replace('limit', 'memory')}`,
    );
    for (const named of [`idle-budget:${given}`, `${base}:${given}`]) {
      expect(() => load(named)).toThrow(`The rule pack ${named} is not named as it should be: ${problem}.`);
    }
    const path = write('onbase.yaml', `pack: onbase\nextends:\n  - "./base.yaml:${given}"\n`);
    expect(problemsOf(path)).toEqual([
      `3:5: The rule pack ./base.yaml:${given} is not named as it should be: ${problem}.`,
    ]);
  });

  it('is a pack that is not there, cannot be read, or extends this one in turn', () => {
    const nobody = write('nobody.yaml', 'pack: nobody\nextends: [no-polling, idle-budgit]\n');
    expect(problemsOf(nobody)).toEqual([
      '2:23: there is no rule pack «idle-budgit»; did you mean idle-budget?',
    ]);
    const also = write(
      'also.yaml',
      'pack: also\nextends: idle-budgit\nrules: [{ id: a, kind: threshold, metric: cpu.percnt, expect: { mean: "< 1" } }]\n',
    );
    expect(problemsOf(also)).toEqual([
      '2:10: there is no rule pack «idle-budgit»; did you mean idle-budget?',
      '3:43: «cpu.percnt» is not a metric; did you mean cpu.percent?',
    ]);
    const missing = write('missing.yaml', 'pack: missing\nextends: ./not-there.yaml\n');
    expect(problemsOf(missing)[0]).toMatch(/^2:10: The rule pack .*not-there.yaml cannot be read/);
    const first = write('first.yaml', 'pack: first\nextends: ./other.yaml\n');
    const other = write('other.yaml', 'pack: other\nextends: ./first.yaml\n');
    expect(problemsOf(other, first)).toEqual([`2:10: ${first} extends ${other} in turn`]);
    const itself = write('itself.yaml', 'pack: itself\nextends: itself.yaml\n');
    expect(problemsOf(itself)).toEqual([`2:10: ${itself} extends ${itself} in turn`]);
  });

  it('is one in the pack that it extends, told there', () => {
    const bad = write('bad.yaml', 'pack: bad\nrules: [{ id: a, kind: absence, activity: web }]\n');
    const path = write('onbad.yaml', 'pack: onbad\nextends: ./bad.yaml\n');
    expect(problemsOf(bad, path)).toEqual([
      '2:43: «web» is not a value of activity; one of network, process, event, log, file',
    ]);
  });

  it('is having the same rule from two packs', () => {
    write('copy.yaml', 'pack: copy\nrules: [{ id: idle-cpu, kind: absence, activity: network }]\n');
    const path = write('twice.yaml', 'pack: twice\nextends: [idle-budget, ./copy.yaml]\n');
    expect(problemsOf(path)[0]).toBe('2:24: idle-budget and copy both have a rule «idle-cpu»');
  });

  it('is having no rule at all', () => {
    expect(problemsOf(write('none.yaml', 'pack: none\n'))).toEqual(['1:1: there is no rule']);
  });
});

describe('a rule of the other kinds', () => {
  it('is checked for what it names', () => {
    const path = write(
      'kinds.yaml',
      `pack: kinds
rules:
  - { id: a, kind: trend, metric: io.readBytes, expect: { slope: "< 1MB/h" } }
  - { id: b, kind: trend, metric: memory.pss, expect: { slope: "< 1MB" } }
  - { id: c, kind: trend, metric: memory.pss, expect: { slope: "== 0" } }
  - { id: d, kind: trend, metric: memory.pss, expect: { slop: "< 1MB/h" } }
  - { id: e, kind: deadline, metric: memory.psss, after: { activity: event }, within: 5m, expect: { max: "< 5MB" } }
  - { id: f, kind: deadline, metric: memory.pss, after: { activity: event, match: { tpe: x } }, within: 5m, expect: { max: "< 5MB" } }
  - { id: g, kind: deadline, metric: memory.pss, after: { activity: event }, within: 5x, expect: { max: "< 5MB" } }
  - { id: h, kind: deadline, metric: memory.pss, after: { activity: event }, within: "{tmeout}", expect: { max: "< 5MB" } }
  - { id: i, kind: measurement, measurement: startap, expect: { p50: "< 2s" } }
  - { id: j, kind: measurement, measurement: http.errors, expect: { p50: "< 2%" } }
  - { id: k, kind: measurement, measurement: startup, expect: { p50: "< 2MB" }, minDuration: 5s }
  - { id: l, kind: regression, measurement: http.latency, expect: { p95: "< 10%" } }
  - { id: m, kind: regression, measurement: http.latency, expect: { p95: "< +10" } }
  - { id: n, kind: regression, measurement: http.latency, expect: {} }
`,
    );
    const wrong = problemsOf(path);
    // Two of them are of the wrong shape, which hides the others no more than what parameters decide.
    expect(wrong).toEqual([
      expect.stringContaining('3:35: a slope of io.readBytes, which is an amount per time, means nothing'),
      '4:64: «1MB» lacks the time: write 1MB/s or 1MB/h',
      '5:64: a slope is never exactly so much; use < or >',
      '6:57: «slop» is not a key here; did you mean slope?',
      '7:38: «memory.psss» is not a metric; did you mean memory.pss?',
      '8:85: «tpe» is not a field of event; did you mean type?',
      '9:86: «5x» is not a duration such as 30s or 5m, or a parameter such as {timeout}',
      '11:46: «startap» is not a measurement; did you mean startup?',
      '12:69: http.errors has no p50; use value',
      '13:70: «MB» is not a unit of seconds; did you mean ms?',
      '13:81: a measurement is not about a window, and has no `minDuration`',
      '14:74: «< 10%» lacks a sign; a change is written as «< +10%»',
      '15:74: «< +10» lacks the %; a change is written as «< +10%»',
    ]);
    const rest = write(
      'rest.yaml',
      `pack: rest
params: { timeout: 5x }
rules:
  - { id: h, kind: deadline, metric: memory.pss, after: { activity: event }, within: "{tmeout}", expect: { max: "< 5MB" } }
  - { id: i, kind: deadline, metric: memory.pss, after: { activity: event }, within: "{timeout}", expect: { max: "< 5MB" } }
  - { id: n, kind: regression, measurement: http.latency, expect: {} }
`,
    );
    expect(problemsOf(rest)).toEqual([
      '4:86: «tmeout» is not a parameter of this pack; did you mean timeout?',
      '5:86: «5x» is not a duration such as 30s or 5m',
      '6:67: expects nothing',
    ]);
  });
});
