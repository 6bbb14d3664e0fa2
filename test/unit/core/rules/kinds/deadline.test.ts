import { describe, expect, it } from 'vitest';
import { judge } from '../../../../../src/core/rules/evaluate.ts';
import { lookBackMs } from '../../../../../src/core/rules/look-back.ts';
import type { RuleResult } from '../../../../../src/model/proof.ts';
import { at, Scene } from '../../../support/evidence.ts';
import { ruleOf } from '../../../support/packs.ts';

const USED = { activity: 'event', match: { type: 'llm_request' } };
const UNLOAD = {
  kind: 'deadline',
  metric: 'memory.pss',
  after: USED,
  within: '30s',
  expect: { max: '< 50MB' },
};
const BEFORE = { ...UNLOAD, phase: 'before' };
const DURING = { ...UNLOAD, phase: 'during', expect: { max: '> 1GB' } };

function only(scene: Scene, rule: Record<string, unknown> = UNLOAD): RuleResult {
  const [result] = judge(scene.evidence, [ruleOf(rule)], { strict: false, acceptSampledMs: null });
  if (result === undefined) throw new Error('expected a result');
  return result;
}

const events = (): Scene => new Scene().withEvents();

/** Used at second 10, with 4 GB in memory from 12 on, and 20 MB again from `backAt` on. */
function used(backAt: number | null): Scene {
  const scene = events().sample(12, 1, { cpuNs: 2e9, pssBytes: 4e9 }).row(10, 'llm_request');
  return backAt === null ? scene : scene.sample(backAt, 1, { cpuNs: 3e9, pssBytes: 20e6 });
}

describe('a deadline', () => {
  it('passes where the state is reached when it is due, and holds', () => {
    expect(only(used(35))).toMatchObject({
      verdict: 'pass',
      measured: 'max 20 MB (20 s from 40 s after the opening)',
      expected: 'max < 50MB 30s after the last event with type llm_request',
    });
  });

  it('fails where it comes too late, is lost again, or never comes', () => {
    expect(only(used(45)).verdict).toBe('fail');
    expect(only(used(35).sample(50, 1, { pssBytes: 4e9 })).verdict).toBe('fail');
    const never = only(used(null));
    expect(never.verdict).toBe('fail');
    expect(never.findings[0]?.text).toBe(
      'app: max of memory.pss is 4 GB, expected < 50MB; mostly app (pid 100); the last event with type llm_request was 50 s before the close',
    );
  });

  it('counts from the last trigger, of any target, one before the window too', () => {
    expect(only(used(null).row(25, 'llm_request'))).toMatchObject({
      verdict: 'fail',
      measured: 'max 4 GB (5 s from 55 s after the opening)',
    });
    expect(only(used(null).row(20, 'llm_request', { target: 'other' })).measured).toContain('50 s after');
    expect(only(events().row(-20, 'llm_request'))).toMatchObject({
      verdict: 'pass',
      measured: 'max 10 MB (50 s from 10 s after the opening)',
    });
    expect(only(events().row(-3600, 'llm_request'))).toMatchObject({
      verdict: 'pass',
      measured: 'max 10 MB (60 s from 0 ms after the opening)',
    });
  });

  it('is inconclusive where the trigger was never seen, or the window ends before it is due', () => {
    expect(only(events())).toMatchObject({
      verdict: 'inconclusive',
      measured: '0 triggers',
      reason: 'event with type llm_request was never seen',
    });
    expect(only(used(null).row(45, 'llm_request'))).toMatchObject({
      verdict: 'inconclusive',
      reason:
        'the window closed 15 s before it was due, which is 30s after the last event with type llm_request',
    });
  });

  it('does not apply where no events were given, but does where they could not be read', () => {
    expect(only(new Scene()).verdict).toBe('notApplicable');
    const failed = used(null).report('events', { target: 'app', status: 'unavailable' });
    expect(only(failed)).toMatchObject({ verdict: 'inconclusive' });
    expect(only(failed).reason).toContain('but events was not available');
  });

  it('holds a later trigger for possible where one may not have been seen, and passes all the same', () => {
    const partly = (scene: Scene): Scene => scene.gap(50, 55, 'events', 'app');
    expect(only(partly(used(null))).verdict).toBe('inconclusive');
    expect(only(partly(used(35))).verdict).toBe('pass');
    const call = { ...UNLOAD, after: { activity: 'network', match: { direction: 'inbound' } } };
    const called = (scene: Scene): Scene => scene.network(10, { direction: 'inbound', op: 'accept' });
    expect(only(called(used(null)), call).reason).toContain(
      'sampling does not see a trigger between two looks',
    );
    expect(only(called(used(35)), call).verdict).toBe('pass');
  });

  it('does not pass where a later trigger would have made it about another time, in which it may not hold', () => {
    const missing = (scene: Scene): Scene => scene.gap(50, 55, 'events', 'app');
    // A later trigger leaves the end of that time alone: its largest value is no larger, its mean may be.
    const mean = { ...UNLOAD, expect: { mean: '< 50MB' } };
    expect(only(used(35), mean).verdict).toBe('pass');
    expect(only(missing(used(35)), mean)).toMatchObject({ verdict: 'inconclusive', findings: [] });
    const loaded = used(20);
    expect(only(loaded, DURING).verdict).toBe('pass');
    expect(only(missing(loaded), DURING).verdict).toBe('inconclusive');
  });

  it('does not go by a trigger with a doubtful time', () => {
    const scene = events().row(10, 'llm_request', { stampDoubtful: true });
    expect(only(scene)).toMatchObject({ verdict: 'inconclusive' });
  });

  it('does not go by the app’s own word for when a trigger was: it could take whatever there was out of the time before', () => {
    const preloaded = (backdated?: true): Scene =>
      events()
        .sample(12, 1, { cpuNs: 2e9, pssBytes: 4e9 })
        .row(10, 'llm_request', { firstSeenAtMs: at(20), ...(backdated && { backdated }) });
    expect(only(preloaded(), BEFORE).verdict).toBe('pass');
    expect(only(preloaded(true), BEFORE)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('the time of a trigger is doubtful'),
    });
  });

  it('goes by what was read since it was due, and not by what was taken over from before', () => {
    // The memory was given back at second 38, when it was not read; it runs on until 39 and then sleeps.
    const stale = used(null).sample(38, 1, { cpuNs: 3e9, rssBytes: 25e6 }).sample(39, 1, { cpuNs: 4e9 });
    expect(only(stale).verdict).toBe('inconclusive');
    expect(only(stale).reason).toContain('memory.pss was not read in that time');
    expect(only(stale.sample(50, 1, { pssBytes: 20e6 })).verdict).toBe('pass');
  });

  it('does not pass by what was read in the end, where what a helper holds until then was known and its parent was not read', () => {
    const helped = (endsAt: number): Scene =>
      events()
        .process({ id: 2, name: 'helper', pid: 101, parentId: 1, membership: 'child' })
        .sample(15, 1, { cpuNs: 2e9, pssBytes: 20e6, rssBytes: 30e6 })
        .row(10, 'llm_request')
        // The parent runs when it starts its helper, and is not read: it has not grown.
        .sample(27, 1, { cpuNs: 3e9, rssBytes: 30e6 })
        .sample(27, 2, { cpuNs: 1e9, pssBytes: 4e9, rssBytes: 4e9 })
        .happened(endsAt, 'exit', { processId: 2 })
        .sample(endsAt, 1, { cpuNs: 4e9, pssBytes: 20e6, rssBytes: 30e6 });
    const late = only(helped(50));
    expect(late).toMatchObject({ verdict: 'inconclusive', findings: [] });
    expect(late.reason).toContain('memory.pss was not read throughout that time');
    expect(only(helped(35)).verdict).toBe('pass');
  });

  it('is inconclusive where nobody looked when it was due', () => {
    expect(only(used(35).gap(42, 50)).verdict).toBe('inconclusive');
    expect(only(used(35).without('memory')).verdict).toBe('inconclusive');
    expect(only(used(35).disturbed(50, 55, 'frozen')).verdict).toBe('inconclusive');
  });

  it('looks back as far as a window can be long, and its time', () => {
    expect(lookBackMs([ruleOf(UNLOAD)])).toBe(3_630_000);
  });
});

describe('a deadline about the time before the first trigger', () => {
  it('passes where the state held, be it for the whole window', () => {
    expect(only(events(), BEFORE)).toMatchObject({
      verdict: 'pass',
      measured: 'max 10 MB (60 s from 0 ms after the opening)',
      expected: 'max < 50MB before the first event with type llm_request',
    });
    expect(only(used(null), BEFORE)).toMatchObject({
      verdict: 'pass',
      measured: 'max 10 MB (10 s from 0 ms after the opening)',
    });
  });

  it('does not hold against it what was found at the look after the trigger', () => {
    const scene = events().row(10.5, 'llm_request').sample(10, 1, { cpuNs: 2e9, pssBytes: 11e6 });
    for (const process of scene.evidence.processes) process.startedAtMs = at(-5);
    expect(only(scene.sample(11, 1, { cpuNs: 3e9, pssBytes: 4e9 }), BEFORE)).toMatchObject({
      verdict: 'pass',
      measured: 'max 11 MB (10.5 s from 0 ms after the opening)',
    });
  });

  it('fails only what was watched from its start: else it may have been used before', () => {
    const loaded = events().sample(1, 1, { cpuNs: 2e9, pssBytes: 4e9 });
    expect(only(loaded, BEFORE).reason).toContain('it may have been used before it was watched');
    for (const process of loaded.evidence.processes) process.startedAtMs = at(-5);
    expect(only(loaded, BEFORE).verdict).toBe('fail');
  });

  it('is inconclusive where the first trigger came before the window', () => {
    expect(only(events().row(-2, 'llm_request'), BEFORE)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'event with type llm_request came before the window',
    });
  });
});

describe('a deadline about the time until it is due', () => {
  it('passes or fails by that time alone', () => {
    expect(only(used(35), DURING)).toMatchObject({
      verdict: 'pass',
      measured: 'max 4 GB (30 s from 10 s after the opening)',
    });
    expect(only(events().row(10, 'llm_request').sample(45, 1, { pssBytes: 4e9 }), DURING).verdict).toBe(
      'fail',
    );
  });

  it('does not take a peak for missing that may have come between two readings', () => {
    const seldom = events()
      .row(10, 'llm_request')
      .sample(11, 1, { cpuNs: 2e9 })
      .sample(15, 1, { cpuNs: 3e9 });
    expect(only(seldom.sample(35, 1, { pssBytes: 12e6 }), DURING)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'memory.pss was not read throughout that time',
    });
  });

  it('is inconclusive where the window opened after it', () => {
    expect(only(events().row(-60, 'llm_request'), DURING)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'the window opened 30 s after the time that the rule is about',
    });
  });
});
