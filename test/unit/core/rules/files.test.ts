import { describe, expect, it } from 'vitest';
import { assembleProof } from '../../../../src/core/proof/assemble.ts';
import { judge } from '../../../../src/core/rules/evaluate.ts';
import type { RulePack } from '../../../../src/core/rules/pack.ts';
import type { FileActivity } from '../../../../src/model/activity.ts';
import type { RuleResult } from '../../../../src/model/proof.ts';
import { Scene, at } from '../../support/evidence.ts';
import { NO_NETWORK, ruleOf } from '../../support/packs.ts';

const OPTIONS = { strict: false, acceptSampledMs: null };

const NO_FILES: RulePack = ruleOf({ kind: 'absence', activity: 'file' });

function only(scene: Scene, rules: RulePack): RuleResult {
  const [result] = judge(scene.evidence, [rules], OPTIONS);
  if (result === undefined) throw new Error('expected a result');
  return result;
}

const watched = (): Scene =>
  new Scene().target({ files: ['/data'] }).report('files', { tier: 'counter', target: 'app' });

function file(scene: Scene, second: number, op: FileActivity['op'], path: string): Scene {
  return scene.activity({
    kind: 'file',
    atMs: at(second),
    target: 'app',
    collector: 'files',
    processId: null,
    thread: null,
    op,
    path,
  });
}

describe('a file of which only comparisons tell that it was written', () => {
  const compared = (scene: Scene, second: number, since: number): Scene =>
    scene.activity({
      kind: 'file',
      atMs: at(second),
      sinceMs: at(since),
      target: 'app',
      collector: 'files',
      processId: null,
      thread: null,
      op: 'write',
      path: '/data/app.db',
    });
  const NO_BEAT = ruleOf({ kind: 'periodicity', activity: 'file' });

  it('may have been written on a beat, and oftener than once', () => {
    const scene = compared(compared(watched(), 29, 0), 59, 30);
    expect(only(scene, NO_BEAT)).toMatchObject({
      verdict: 'inconclusive',
      measured: 'at least 2 writes',
      reason:
        '2 activities that only showed afterwards, up to 29 s after the look before: how often it happened meanwhile, nobody can tell',
    });
    expect(only(scene, NO_FILES).findings[0]?.text).toBe(
      'app: an unknown process wrote /data/app.db, at least 2 times in 60 s',
    );
    const once = only(compared(watched(), 29, 0), NO_FILES);
    expect(once.findings[0]?.text).toMatch(/ wrote \/data\/app\.db, at least once in 60 s$/);
  });

  it('may have been written on a beat that is longer than looks are apart', () => {
    const period = { min: '5s', max: '20s' };
    const { verdict, reason } = only(
      compared(watched(), 30, 28),
      ruleOf({ kind: 'periodicity', activity: 'file', period }),
    );
    expect(verdict).toBe('inconclusive');
    expect(reason).toContain('nobody can tell');
  });

  it.each([
    [
      'though as long a time was quiet: nothing shows until the page is written back',
      compared(watched(), 20, 0),
    ],
    ['though the look before was just before', compared(watched(), 30, 28)],
  ])('may have been written on a beat %s', (_, scene) => {
    const { verdict, reason } = only(scene, NO_BEAT);
    expect(verdict).toBe('inconclusive');
    expect(reason).toContain('nobody can tell');
  });

  it('is not in doubt where the rule allows it', () => {
    const period = { min: '1m', max: '10m' };
    const { reason } = only(
      compared(watched(), 59, 0),
      ruleOf({ kind: 'periodicity', activity: 'file', period }),
    );
    expect(reason ?? '').not.toContain('nobody can tell');
  });

  it('may have been written oftener than an exception allows', () => {
    const allowing = (more: object): RulePack =>
      ruleOf({
        kind: 'absence',
        activity: 'file',
        except: [{ match: { path: '/data/app.db' }, reason: 'the index', optional: true, ...more }],
      });
    const scene = compared(watched(), 29, 0);
    expect(only(scene, allowing({}))).toMatchObject({ verdict: 'pass' });
    const { verdict, reason } = only(scene, allowing({ maxCount: 3 }));
    expect(verdict).toBe('inconclusive');
    expect(reason).toMatch(/^the index: 1 activity that only showed afterwards/);
  });
});

describe('a rule about files', () => {
  it('holds where nothing was written', () => {
    expect(only(watched(), NO_FILES)).toMatchObject({
      verdict: 'pass',
      tier: 'counter',
      measured: '0',
      reason: null,
    });
  });

  it('is broken by each path, and says what was done to it', () => {
    const scene = watched();
    for (let nth = 0; nth < 12; nth += 1) file(scene, 1 + nth, 'write', '/data/app.db');
    file(scene, 20, 'create', '/data/x');
    file(scene, 21, 'write', '/data/x');
    file(scene, 22, 'delete', '/data/x');
    file(scene, 30, 'rename', '/data/y');
    const { verdict, measured, findings } = only(scene, NO_FILES);
    expect({ verdict, measured }).toEqual({
      verdict: 'fail',
      measured: '13 writes, 1 create, 1 delete, 1 rename',
    });
    expect(findings.map(({ subject, text }) => [subject, text])).toEqual([
      [{ path: '/data/app.db' }, 'app: an unknown process wrote /data/app.db, 12 times in 60 s'],
      [{ path: '/data/x' }, 'app: an unknown process created, wrote and deleted /data/x, 3 times in 60 s'],
      [{ path: '/data/y' }, 'app: an unknown process renamed something to /data/y'],
    ]);
  });

  it('names one of several paths where they are grouped otherwise', () => {
    const scene = file(
      file(file(watched(), 1, 'write', '/data/a'), 2, 'write', '/data/b'),
      3,
      'write',
      '/data/c',
    );
    const grouped = ruleOf({ kind: 'absence', activity: 'file', groupBy: ['op'] });
    expect(only(scene, grouped).findings.map(({ text }) => text)).toEqual([
      'app: an unknown process wrote /data/a and 2 more files, 3 times in 60 s',
    ]);
  });

  it('matches by what was done and by path', () => {
    const scene = file(file(watched(), 1, 'write', '/data/app.log'), 2, 'create', '/data/tmp/1');
    const match = (conditions: Record<string, unknown>): string =>
      only(scene, ruleOf({ kind: 'absence', activity: 'file', match: conditions })).measured;
    expect(match({ op: 'write' })).toBe('1 write');
    expect(match({ op: ['create', 'rename'] })).toBe('1 create');
    expect(match({ 'path|endswith': '.log' })).toBe('1 write');
    expect(match({ 'path|startswith': '/data/tmp/' })).toBe('1 create');
    expect(match({ 'path|re': '^/data/[^/]+$' })).toBe('1 write');
    expect(match({ path: '/data/*' })).toBe('1 write, 1 create');
    expect(match({ op: 'delete' })).toBe('0');
  });

  it('cannot say that somebody else did it: who wrote is not known', () => {
    const scene = file(watched(), 1, 'write', '/data/a');
    const rule = ruleOf({ kind: 'absence', activity: 'file', match: { 'process.name': 'backup' } });
    expect(only(scene, rule)).toMatchObject({
      verdict: 'inconclusive',
      reason: '1 write may match: process.name is not known',
    });
  });

  it('is not excused by an exception for a process that is not known', () => {
    const scene = file(watched(), 1, 'write', '/data/a');
    const except = [{ match: { 'process.name': 'backup' }, reason: 'the backup', optional: true }];
    expect(only(scene, ruleOf({ kind: 'absence', activity: 'file', except })).verdict).toBe('fail');
  });

  it('refuses an operation that there is not', () => {
    expect(() => ruleOf({ kind: 'absence', activity: 'file', match: { op: 'chmod' } })).toThrow(/chmod/);
  });
});

describe('a rule about files is inconclusive', () => {
  it.each([
    [
      'where not everything could be seen',
      watched().report('files', { tier: 'counter', target: 'app', status: 'partial', reason: 'too many' }),
    ],
    ['where activities were lost', watched().report('files', { tier: 'counter', target: 'app', lost: 3 })],
    ['where the folder was away for a while', watched().gap(10, 12, 'files', 'app')],
    ['where folders were named and nobody watched them', new Scene().target({ files: ['/data'] })],
    ['where the collector did not work', watched().report('files', { target: 'app', status: 'unavailable' })],
  ])('%s', (_, scene) => {
    expect(only(scene, NO_FILES).verdict).toBe('inconclusive');
  });
});

describe('a path that lies in no watched folder', () => {
  const watching = (name: string): Parameters<Scene['target']>[0] => ({
    name,
    files: [`/srv/${name}`],
    folders: [`/srv/${name}`],
  });
  const verdicts = (fields: Record<string, unknown>): string[] => {
    const scene = new Scene().target(watching('app')).target(watching('other'));
    scene.process({ id: 2, pid: 200, name: 'other', target: 'other' });
    scene.report('files');
    const rules = ruleOf({ kind: 'absence', activity: 'file', ...fields });
    return judge(scene.evidence, [rules], OPTIONS).map(({ verdict }) => verdict);
  };

  it('makes a rule for one target inconclusive, and may be that of another for a rule for any', () => {
    const match = { 'path|startswith': '/srv/app/cache/' };
    expect(verdicts({ match })).toEqual(['pass', 'pass']);
    expect(verdicts({ match, target: 'other' })).toEqual(['inconclusive']);
    expect(verdicts({ match: { path: '/srv/ap/*' } })).toEqual(['inconclusive', 'inconclusive']);
    const except = [{ match, reason: 'the cache', optional: true }];
    expect(verdicts({ except })).toEqual(['pass', 'pass']);
  });
});

describe('where no folder was named', () => {
  const proofOf = (scene: Scene, packs: readonly RulePack[]) =>
    assembleProof({
      evidence: scene.evidence,
      head: { chainHead: '', rows: 0 },
      packs,
      rulesDigest: '',
      options: OPTIONS,
      results: judge(scene.evidence, packs, OPTIONS),
    });

  it('a rule about files does not apply', () => {
    expect(only(new Scene(), NO_FILES)).toMatchObject({
      verdict: 'notApplicable',
      reason: 'no file source was given for app',
    });
  });

  it('the headline says so where a rule asks for it, and only then', () => {
    const both = [NO_NETWORK, { ...NO_FILES, pack: 'files' }];
    expect(proofOf(new Scene(), both).notWatched).toEqual(['events', 'files']);
    expect(proofOf(new Scene(), both).headline).toContain('files: not watched');
    expect(proofOf(new Scene(), [NO_NETWORK]).notWatched).toEqual(['events']);
    expect(proofOf(watched(), both).notWatched).toEqual(['events']);
  });

  it('it is said of which target', () => {
    const scene = watched().target({ name: 'other' });
    expect(proofOf(scene, [NO_FILES]).notWatched).toEqual(['events (app, other)', 'files (other)']);
  });
});
