import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/config.ts';
import { loadRulePacks } from '../../../src/config/rule-packs.ts';
import type { RulePack } from '../../../src/core/rules/pack.ts';
import { IdleproofError } from '../../../src/errors.ts';

const packsFolder = new URL('../../../rules', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'idleproof-packs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (...names: string[]): RulePack[] => loadRulePacks(names, { packsFolder });

function write(text: string, name = 'ours.yaml'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function errorOf(...names: string[]): IdleproofError {
  try {
    load(...names);
  } catch (error) {
    if (error instanceof IdleproofError) return error;
    throw error;
  }
  throw new Error('expected an error');
}

describe('the packs that ship', () => {
  const names = ['no-background-agents', 'idle-budget', 'loopback-only', 'sidecar-lifecycle'];

  it('are right, and are called like their files', () => {
    expect(load(...names).map(({ pack }) => pack)).toEqual(names);
  });

  it.each(names)('%s gives each rule a title, a failure title and a reason', (name) => {
    const packs = load(name === 'idle-budget' ? 'idle-budget:memory=50MB' : name);
    for (const rule of packs.flatMap(({ rules }) => rules)) {
      expect([rule.title, rule.failureTitle, rule.why], rule.id).not.toContain(undefined);
    }
  });

  it('carry the digest of their bytes', () => {
    const bytes = readFileSync(join(packsFolder, 'idle-budget.yaml'));
    expect(load('idle-budget')[0]?.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('have no exception in the default ones', () => {
    for (const pack of load('no-background-agents', 'idle-budget')) {
      expect(pack.except).toBeUndefined();
      for (const rule of pack.rules) expect('except' in rule && rule.except).toBeFalsy();
    }
  });

  it('leave the memory budget off unless it is given', () => {
    const ids = (name: string): string[] => load(name)[0]?.rules.map(({ id }) => id) ?? [];
    expect(ids('idle-budget')).not.toContain('idle-memory');
    expect(ids('idle-budget:memory=50MB')).toContain('idle-memory');
    expect(load('idle-budget:memory=50MB')[0]?.rules.at(-1)).toMatchObject({ expect: { max: '< 50MB' } });
  });
});

describe('a file of rules', () => {
  it('is named by its path', () => {
    const path = write('pack: ours\nrules: [{ id: quiet, kind: absence, activity: network }]');
    expect(load(path)[0]).toMatchObject({
      pack: 'ours',
      file: path,
      rules: [{ id: 'quiet', severity: 'error' }],
    });
  });

  it('with mistakes tells all of them, in order, with their positions and what was meant', () => {
    const path = write(`pack: bad
wat: 1
rules:
  - id: cpu
    kind: threshold
    metric: cpu.percnt
    expect: { mean: "< 0.5" }
  - id: cpu
    kind: threshold
    metric: memory.pss
    expect: { mean: "< 50MX", p95: "~ 3", sum: "< 1MB", max: "< 5MB/h" }
  - id: talk
    kind: absense
  - id: quiet
    kind: absence
    activity: network
    match:
      remote.prt: 3
      op: [connect, conect]
      remote.ip|cdir: 3
    except:
      - match: { op: send }
        reason: beats
`);
    const { message, exitCode } = errorOf(path);
    expect(exitCode).toBe(3);
    expect(message.split('\n').slice(1)).toEqual(
      [
        '2:1: «wat» is not a key here; one of pack, about, extends, override, params, except, unless, rules',
        '6:13: «cpu.percnt» is not a metric; did you mean cpu.percent?',
        '11:21: «MX» is not a unit of bytes; one of B, kB, MB, GB, KiB, MiB, GiB',
        '11:36: «~» is not an operator; one of <, <=, >, >=, ==, !=',
        '11:43: sum of memory.pss, a gauge, means nothing; use mean, max, min, p50, p90, p95, p99, rate, delta',
        '11:62: «5MB/h» is a rate, and this is bytes',
        '13:11: «absense» is not a value of kind; did you mean absence?',
        '18:7: «remote.prt» is not a field of network; did you mean remote.port?',
        '19:21: «conect» is never a value of op; did you mean connect?',
        '20:7: «cdir» is not a modifier; did you mean cidr?',
        '22:9: needs `every`, or `optional: true`: an exception that is never used must be noticed',
      ].map((line) => `${path}:${line}`),
    );
  });

  it('with a process name that the kernel cannot keep', () => {
    const match = '{ process.name: gunicorn-master-process }';
    const rule = `{ id: quiet, kind: absence, activity: network, match: ${match} }`;
    expect(errorOf(write(`pack: long\nrules:\n  - ${rule}`)).message).toContain(
      ':3:75: «gunicorn-master-process» is too long for process.name: names are cut to 15 bytes by the kernel; write «gunicorn-master»',
    );
  });

  it('that is far too large is refused without being read whole', () => {
    const path = write('');
    truncateSync(path, 600_000_000);
    expect(errorOf(path).message).toContain(':1:1: the file is larger than 1 MB');
    expect(() => loadConfig(path)).toThrow(IdleproofError);
  });

  it('with ids that are there twice', () => {
    const rule = '{ id: quiet, kind: absence, activity: network }';
    expect(errorOf(write(`pack: twice\nrules:\n  - ${rule}\n  - ${rule}`)).message).toContain(
      ':4:11: there is another rule with the id «quiet»',
    );
  });

  it('with very many mistakes tells the first ones', () => {
    const rules = Array.from(
      { length: 100 },
      (_, index) => `  - { id: r${index}, kind: absence, activity: web }`,
    );
    const lines = errorOf(write(`pack: many\nrules:\n${rules.join('\n')}`)).message.split('\n');
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toContain('and 80 more');
  });

  it('with parameters that do not exist or do not fit', () => {
    expect(errorOf('idle-budget:memry=5MB').message).toContain('did you mean memory?');
    expect(errorOf('idle-budget:memory=5X').message).toContain('«X» is not a unit of bytes');
    const path = write(
      'pack: own\nrules: [{ id: a, kind: threshold, metric: threads, expect: { max: "< {most}" } }]',
    );
    expect(errorOf(path).message).toContain('«most» is not a parameter of this pack');
  });
});

describe('a pack that cannot be read', () => {
  it('is told with the nearest name', () => {
    expect(errorOf('idle-bugdet')).toMatchObject({ code: 'RULE_PACK_NOT_FOUND', exitCode: 3 });
    expect(errorOf('idle-bugdet').message).toContain('did you mean idle-budget?');
  });

  it.each([
    ['a folder', () => `${folder}/`, 'not a file'],
    ['no file', () => join(folder, 'nothing.yaml'), 'there is no such file'],
  ])('%s', (_, path, problem) => {
    expect(errorOf(path())).toMatchObject({ code: 'RULE_PACK_UNREADABLE' });
    expect(errorOf(path()).message).toContain(problem);
  });

  it('twice, or two of the same name', () => {
    expect(errorOf('idle-budget', 'idle-budget').code).toBe('RULE_PACK_TWICE');
    const path = write('pack: idle-budget\nrules: [{ id: a, kind: absence, activity: file }]', 'other.yml');
    expect(errorOf('idle-budget', path).code).toBe('RULE_PACK_TWICE');
  });
});
