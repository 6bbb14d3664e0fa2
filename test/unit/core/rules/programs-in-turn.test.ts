import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/core/rules/evaluate.ts';
import type { Exception, Match } from '../../../../src/core/rules/pack.ts';
import type { RuleResult } from '../../../../src/model/proof.ts';
import { Scene } from '../../support/evidence.ts';
import { ruleOf } from '../../support/packs.ts';

const SHELL = '/usr/bin/dash';
const CURL = '/usr/bin/curl';

function judged(
  scene: Scene,
  match: Match = { op: 'spawn' },
  except: Exception[] = [],
  acceptSampledMs: number | null = null,
): RuleResult {
  const rule = ruleOf({ kind: 'absence', activity: 'process', match, except });
  const [result] = judge(scene.evidence, [rule], { strict: false, acceptSampledMs });
  return result as RuleResult;
}

const may = (exe: string): Exception => ({ match: { exe }, reason: 'it may', optional: true });

describe('a program that takes the place of another in its process', () => {
  const collector = 'trace';
  const inTurn = (): Scene =>
    new Scene()
      .report('trace', { tier: 'zero-miss' })
      .process({ id: 2, name: 'sh', pid: 200, parentId: 1 }, 10)
      .happened(10, 'spawn', { exe: SHELL, collector })
      .happened(10.1, 'spawn', { exe: CURL, replaced: SHELL, collector });

  it('is a start like any other: found by its path, and excused by nobody else’s', () => {
    expect(judged(inTurn(), { op: 'spawn', exe: CURL }).verdict).toBe('fail');
    expect(judged(inTurn(), { op: 'spawn', exe: SHELL }).verdict).toBe('fail');
    expect(judged(inTurn(), undefined, [may(SHELL)]).findings).toMatchObject([{ subject: { exe: CURL } }]);
    expect(judged(inTurn(), undefined, [may(CURL)]).findings).toMatchObject([{ subject: { exe: SHELL } }]);
    expect(judged(inTurn(), undefined, [may(CURL), may(SHELL)]).verdict).toBe('pass');
  });

  it('is told as what it is', () => {
    const { findings, measured } = judged(inTurn());
    expect(measured).toBe('1 spawn, 1 exec');
    expect(findings.map(({ text }) => text)).toEqual([
      `sh (pid 200, app) was started by app (${SHELL})`,
      `sh (pid 200, app) replaced itself (${SHELL}) with ${CURL}`,
    ]);
    const unknown = inTurn().happened(20, 'spawn', { exe: null, replaced: null, collector });
    expect(judged(unknown).findings.at(-1)?.text).toBe(
      'sh (pid 200, app) replaced itself with another program',
    );
  });

  it.each<[Match, number]>([
    [{ replaced: null }, 1],
    [{ 'replaced|exists': true }, 1],
    [{ replaced: SHELL }, 1],
    [{ op: 'spawn', replaced: '*/dash' }, 1],
    [{ replaced: CURL }, 0],
  ])('can be told from a new process by %j', (match, count) => {
    expect(judged(inTurn(), match).findings).toHaveLength(count);
  });
});

describe('without a trace', () => {
  /** It ran once, and no task was created that was not seen. */
  const ran = (): Scene => new Scene().sample(20, 1, { cpuNs: 1e9 + 1e6 });

  it('nothing is missed of processes that are there all the time: each look shows whether they executed anything', () => {
    expect(judged(ran())).toMatchObject({ verdict: 'pass', tier: 'counter' });
  });

  it.each<[string, Scene, Match]>([
    ['was started', ran().forked(20, 1).happened(20, 'spawn'), { op: 'spawn', exe: CURL }],
    ['has ended', ran().process({ id: 2, pid: 101 }).happened(20, 'exit'), { op: 'spawn' }],
    ['has replaced itself', ran().happened(20, 'spawn', { replaced: SHELL }), { op: 'spawn', exe: CURL }],
  ])('nobody knows what else a process ran that %s', (_, scene, match) => {
    const result = judged(scene, match);
    expect(result).toMatchObject({ verdict: 'inconclusive', tier: 'sampled' });
    expect(result.reason).toContain('looks do not tell which programs ran in between');
    expect(judged(scene, match, [], 1000).verdict).toBe('pass');
    expect(judged(scene, { op: 'outlived-parent' }).verdict).toBe('pass');
  });

  it('an exception excuses what was seen, and not what may have run before', () => {
    const scene = ran().forked(20, 1).happened(20, 'spawn', { exe: SHELL });
    const result = judged(scene, undefined, [may(SHELL)]);
    expect(result).toMatchObject({ verdict: 'inconclusive', exceptions: [{ matched: 1 }] });
  });

  it('nobody knows what a process executes whose memory may not be looked at', () => {
    const scene = ran();
    for (const process of scene.evidence.processes) process.hidesPrograms = true;
    expect(judged(scene)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('the memory of 1 process may not be looked at'),
    });
  });

  it('a program in the place of another explains no task that was created', () => {
    const scene = ran().forked(20, 1).happened(20, 'spawn', { exe: SHELL, replaced: '/usr/bin/app' });
    expect(judged(scene, { op: 'spawn', exe: CURL }).reason).toContain(
      '1 process or thread started on this host',
    );
  });
});
