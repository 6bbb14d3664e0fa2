import { describe, expect, it } from 'vitest';
import { parseDurationMs } from '../../../../src/core/parse/duration.ts';
import { judge } from '../../../../src/core/rules/evaluate.ts';
import { Scene, at } from '../../support/evidence.ts';
import { LOW_CPU, NO_NETWORK, NO_SPAWN, NO_TOOLS, pack, ruleOf } from '../../support/packs.ts';
import { ACCEPTING, busy, only, PLAIN } from '../../support/judged.ts';

describe('what is quiet and wholly seen passes', () => {
  it.each([
    ['network', NO_NETWORK],
    ['processes', NO_SPAWN],
    ['cpu', LOW_CPU],
  ])('%s', (_, rules) => {
    expect(only(new Scene(), rules)).toMatchObject({ verdict: 'pass', reason: null, findings: [] });
  });

  it('events', () => {
    expect(only(new Scene().withEvents(), NO_TOOLS)).toMatchObject({ verdict: 'pass', tier: 'counter' });
  });
});

describe('inconclusive: the collector that the rule needs', () => {
  it('is unavailable', () => {
    const scene = new Scene().report('sockets', { status: 'unavailable', reason: 'no permission' });
    expect(only(scene, NO_NETWORK)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'sockets was not available: no permission',
    });
  });

  it('is not in the evidence at all', () => {
    expect(only(new Scene().without('processes'), NO_SPAWN)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'processes: not watched',
    });
  });

  it('saw only a part', () => {
    const scene = new Scene().report('sockets', {
      status: 'partial',
      reason: 'descriptors of pid 7 are hidden',
    });
    expect(only(scene, NO_NETWORK).verdict).toBe('inconclusive');
  });

  it('failed for part of the window, for this target or for all', () => {
    for (const target of [null, 'app']) {
      const result = only(new Scene().gap(10, 11, 'sockets', target), NO_NETWORK);
      expect(result).toMatchObject({
        verdict: 'inconclusive',
        reason: 'sockets failed for 1 s of the window: it failed',
      });
    }
  });

  it('failed for another target, or before the window, or after its last look: that is no matter', () => {
    for (const scene of [
      new Scene().gap(10, 11, 'sockets', 'other'),
      new Scene().gap(-3, 0, 'sockets'),
      new Scene().gap(59.99, 61, 'sockets'),
    ]) {
      expect(only(scene, NO_NETWORK).verdict).toBe('pass');
    }
  });

  it('lost records', () => {
    const scene = new Scene().withEvents().report('events', { target: 'app', lost: 3 });
    expect(only(scene, NO_TOOLS)).toMatchObject({ verdict: 'inconclusive', reason: 'events lost 3 records' });
  });

  it('lost records, but another one closes the hole', () => {
    const scene = busy().report('trace', { tier: 'zero-miss', lost: 5 });
    expect(only(scene, NO_NETWORK)).toMatchObject({ verdict: 'pass', tier: 'counter' });
    expect(only(busy().report('trace', { tier: 'zero-miss' }).without('sockets'), NO_NETWORK)).toMatchObject({
      verdict: 'pass',
      tier: 'zero-miss',
    });
  });

  it('a metric of a live process was never read', () => {
    const scene = new Scene().process({ id: 2, pid: 101, name: 'helper' });
    scene.unread('pssBytes', 2);
    const rules = ruleOf({ kind: 'threshold', metric: 'memory.pss', expect: { max: '< 50MB' } });
    expect(only(scene, rules)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'memory.pss of helper (pid 101) was not read',
    });
  });
});

describe('inconclusive: gaps', () => {
  it('leave less than minCoverage covered', () => {
    const result = only(new Scene().gap(10, 14), LOW_CPU);
    expect(result).toMatchObject({
      verdict: 'inconclusive',
      reason: 'only 93.33 % of the window was looked at, and the rule needs 95 %',
    });
  });

  it('longer than five ticks, whatever the tier and the coverage', () => {
    const result = only(new Scene(600).gap(10, 15.5), LOW_CPU);
    expect(result).toMatchObject({
      verdict: 'inconclusive',
      reason: 'nothing was looked at for 5.5 s at a stretch',
    });
    expect(only(new Scene(600).gap(10, 14), LOW_CPU).verdict).toBe('pass');
  });

  it('that the looks show by themselves: the watchdog was killed', () => {
    const scene = new Scene();
    scene.evidence.looks = [{ fromMs: at(-5), toMs: at(30), looks: 36, longestStepMs: 1000 }];
    expect(only(scene, LOW_CPU).verdict).toBe('inconclusive');
    scene.evidence.looks = [];
    expect(only(scene, LOW_CPU).verdict).toBe('inconclusive');
  });

  it('make accepted sampling unacceptable', () => {
    const scene = busy(600).moved(20, { udpOutDatagrams: 1 }).gap(30, 33);
    expect(only(scene, NO_NETWORK, ACCEPTING).reason).toContain('cannot be accepted across a gap');
  });
});

describe('inconclusive: an absence that rests on sampling alone', () => {
  it('while the target ran and its namespace sent', () => {
    const scene = busy().moved(20, { udpOutDatagrams: 12, tcpActiveOpens: 3 });
    expect(only(scene, NO_NETWORK)).toMatchObject({ verdict: 'inconclusive', tier: 'sampled' });
    expect(only(scene, NO_NETWORK).reason).toContain(
      '3 connections and 12 datagrams left this network namespace while app ran, and sampling cannot say whose they were',
    );
  });

  it('while the target ran and tasks were created on the host', () => {
    expect(only(busy().forked(20, 1), NO_SPAWN)).toMatchObject({ verdict: 'inconclusive', tier: 'sampled' });
    expect(only(busy().forked(20, 1), NO_SPAWN).reason).toContain('1 process or thread started on this host');
  });

  it('holds when the counters did not move', () => {
    expect(only(busy(), NO_NETWORK)).toMatchObject({ verdict: 'pass', tier: 'counter' });
    expect(only(busy(), NO_SPAWN)).toMatchObject({ verdict: 'pass', tier: 'counter' });
  });

  it('holds when the target did not run, whatever others did', () => {
    const scene = new Scene().moved(20, { udpOutDatagrams: 1000 }).forked(20, 1000);
    expect(only(scene, NO_NETWORK)).toMatchObject({ verdict: 'pass', tier: 'counter' });
    expect(only(scene, NO_SPAWN)).toMatchObject({ verdict: 'pass', tier: 'counter' });
  });

  it('holds when the user accepted a shortest life that the looks can see, and says so', () => {
    const scene = busy().moved(20, { udpOutDatagrams: 12 });
    const result = only(scene, NO_NETWORK, ACCEPTING);
    expect(result).toMatchObject({ verdict: 'pass', tier: 'sampled' });
    expect(result.reason).toBe('what lived shorter than 1 s may have been missed, which was accepted');
    expect(only(scene, NO_NETWORK, { strict: false, acceptSampledMs: 500 }).verdict).toBe('inconclusive');
  });

  it('says where a phase gate accepts it', () => {
    const scene = busy().moved(20, { udpOutDatagrams: 12 });
    scene.evidence.run.isPhaseGate = true;
    expect(only(scene, NO_NETWORK).reason).toMatch(
      /; acceptSampled: 1s in its gates\.yaml would accept that$/,
    );
  });

  it.each([
    ['check', 1000, '--accept-sampled 1s would accept that'],
    ['check', 250, '--accept-sampled 1s would accept that'],
    ['check', 5000, '--accept-sampled 5s would accept that'],
    ['check', 1500, '--accept-sampled 1500ms would accept that'],
    ['user-quiet', 1000, 'acceptSampled: 1s in the rule would accept that'],
    ['schedule', 40_000, 'acceptSampled: 40s in the rule would accept that'],
  ] as const)(
    'says what would be accepted of a window by %s, with looks %d ms apart',
    (trigger, tickMs, advice) => {
      const scene = busy().moved(20, { udpOutDatagrams: 12 });
      scene.window.trigger = trigger;
      scene.evidence.run.tickMs = tickMs;
      for (const looks of scene.evidence.looks) looks.longestStepMs = tickMs;
      const { verdict, reason } = only(scene, NO_NETWORK);
      expect(verdict).toBe('inconclusive');
      expect(reason).toMatch(new RegExp(`; ${advice}$`));
      const [, duration = ''] = /ampled:? (\S+) /.exec(advice) ?? [];
      const acceptSampledMs = parseDurationMs(duration);
      expect(only(scene, NO_NETWORK, { strict: false, acceptSampledMs }).verdict).toBe('pass');
    },
  );

  it('holds when the rule itself accepts it', () => {
    const rules = ruleOf({ kind: 'absence', activity: 'network', acceptSampled: '2s' });
    expect(only(busy().moved(20, { icmpOutMsgs: 1 }), rules).verdict).toBe('pass');
  });

  it('does not hold when the namespace is not known or its counters were not read', () => {
    const hidden = busy();
    for (const process of hidden.evidence.processes) process.networkScope = null;
    expect(only(hidden, NO_NETWORK).reason).toContain('the network namespace of app is not known');
    const unread = busy();
    unread.evidence.counters = [];
    expect(only(unread, NO_NETWORK).reason).toContain('were not read throughout');
    expect(only(unread, NO_SPAWN).reason).toContain('was not read throughout');
  });
});

describe('inconclusive: the target was in no state to prove anything', () => {
  it.each(['stopped', 'traced', 'frozen', 'throttled', 'absent', 'replaced'] as const)('%s', (kind) => {
    const result = only(new Scene().disturbed(10, 12, kind, 'state T'), LOW_CPU);
    expect(result).toMatchObject({ verdict: 'inconclusive', reason: `app was ${kind}: state T` });
  });

  it('joined, but for what is told whoever did it', () => {
    const scene = new Scene().withEvents().disturbed(10, 12, 'joined', 'sh (pid 7)');
    for (const rules of [NO_NETWORK, NO_SPAWN, LOW_CPU])
      expect(only(scene, rules)).toMatchObject({
        verdict: 'inconclusive',
        reason: 'app was joined: sh (pid 7)',
      });
    expect(only(scene, NO_TOOLS).verdict).toBe('pass');
  });

  it('had no process in the window', () => {
    const scene = new Scene();
    scene.evidence.processes = [];
    expect(only(scene, NO_NETWORK).verdict).toBe('inconclusive');
    expect(only(scene, LOW_CPU).reason).toContain('app had no process');
  });

  it('only before or after the window is no matter', () => {
    expect(only(new Scene().disturbed(-4, -1, 'stopped').disturbed(60, 61, 'absent'), LOW_CPU).verdict).toBe(
      'pass',
    );
  });
});

describe('inconclusive: the window is shorter than minDuration', () => {
  it('10 s by default', () => {
    expect(only(new Scene(9), LOW_CPU)).toMatchObject({
      verdict: 'inconclusive',
      reason: 'the window lasted 9 s, and the rule needs 10 s',
    });
    expect(only(new Scene(10), LOW_CPU).verdict).toBe('pass');
  });

  it('as the rule says', () => {
    const rules = ruleOf({ kind: 'absence', activity: 'network', minDuration: '5m' });
    expect(only(new Scene(), rules).reason).toBe('the window lasted 60 s, and the rule needs 5 min');
  });
});

describe('inconclusive: a source that does not look like the right one', () => {
  it('events were configured, and their collector failed or never reported', () => {
    const failed = new Scene().withEvents().report('events', {
      target: 'app',
      status: 'unavailable',
      reason: 'there is no table events',
    });
    expect(only(failed, NO_TOOLS).reason).toBe('events was not available: there is no table events');
    expect(only(new Scene().withEvents().without('events'), NO_TOOLS).verdict).toBe('inconclusive');
  });

  it('rows with a doubtful stamp that are no findings', () => {
    const scene = new Scene()
      .withEvents()
      .row(10, 'note', { stampDoubtful: true, stampedAtMs: at(10 - 5 * 3600) });
    const result = only(scene, NO_TOOLS);
    expect(result.verdict).toBe('inconclusive');
    expect(result.reason).toContain('zone? 1 row of events has a doubtful time: row 1 (note)');
    expect(result.reason).toContain('is stamped 5 h before that');
  });

  it('what only a doubtful cause excuses', () => {
    const scene = new Scene()
      .withEvents()
      .row(10, 'user_message', { stampDoubtful: true })
      .row(12, 'tool_run', { id: '9' });
    expect(only(scene, NO_TOOLS)).toMatchObject({ verdict: 'inconclusive', findings: [] });
  });

  it('was never configured: not applicable, which is something else', () => {
    expect(only(new Scene(), NO_TOOLS)).toMatchObject({ verdict: 'notApplicable', tier: null });
  });
});

describe('a finding breaks a rule whatever the coverage', () => {
  it('although everything else is in doubt', () => {
    const scene = new Scene(5)
      .network(2)
      .gap(3, 5)
      .disturbed(1, 2, 'stopped')
      .report('sockets', { status: 'partial' });
    expect(only(scene, NO_NETWORK)).toMatchObject({
      verdict: 'fail',
      title: 'Loud',
      measured: 'at least 1 connect',
    });
  });

  it('of severity warn too, which then changes no verdict', () => {
    const rules = pack({ rules: [{ id: 'rule', kind: 'absence', activity: 'network', severity: 'warn' }] });
    expect(only(new Scene().network(3), rules)).toMatchObject({ verdict: 'fail', severity: 'warn' });
  });
});

describe('windows and targets that are not there', () => {
  it('a rule for a target that nobody watched is inconclusive', () => {
    const rules = ruleOf({ kind: 'absence', activity: 'network', target: 'backend' });
    expect(only(new Scene(), rules).verdict).toBe('inconclusive');
  });

  it('a stop is judged as a short window of its own, in which the target goes away', () => {
    const rules = ruleOf({
      kind: 'absence',
      window: 'stop',
      activity: 'process',
      match: { op: 'outlived-parent' },
    });
    const scene = busy().stopped(60, 62).disturbed(61, 62, 'absent').forked(61, 10);
    expect(only(scene, rules)).toMatchObject({ verdict: 'pass', window: 'stop' });
    expect(only(scene.happened(61, 'outlived-parent'), rules)).toMatchObject({
      verdict: 'fail',
      measured: '1 orphan',
    });
  });

  it('without a stop the rule does not apply, unless a command was started', () => {
    const rules = ruleOf({ kind: 'absence', window: 'stop', activity: 'process' });
    expect(only(new Scene(), rules).verdict).toBe('notApplicable');
    const started = new Scene().target({ selector: { by: 'command', argv: ['app'] } });
    expect(only(started, rules).verdict).toBe('inconclusive');
    // A daemon goes on after its windows.
    const { evidence } = started;
    const windows = evidence.windows.map((window) => ({ ...window, trigger: 'manual' as const }));
    const [result] = judge({ ...evidence, windows }, [rules], PLAIN);
    expect(result?.verdict).toBe('notApplicable');
  });
});
