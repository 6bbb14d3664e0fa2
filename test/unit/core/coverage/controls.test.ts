import { describe, expect, it } from 'vitest';
import { controlsIn, plantedIn } from '../../../../src/core/coverage/controls.ts';
import { isTraced } from '../../../../src/core/coverage/traced.ts';
import type { NetworkActivity, ProcessActivity } from '../../../../src/model/activity.ts';
import { type ControlEvidence, type PlantedControl, WATCHDOG } from '../../../../src/model/control.ts';
import type { Evidence } from '../../../../src/model/evidence.ts';
import { Scene } from '../../support/evidence.ts';

const NAMESPACE = 'network:4026531840';

function scene(controls: Partial<ControlEvidence>): { evidence: Evidence; window: Scene['window'] } {
  const made = new Scene();
  const evidence: Evidence = {
    ...made.evidence,
    controls: { planted: [], failures: [], seen: [], ...controls },
  };
  return { evidence, window: made.window };
}

const { window } = new Scene();
const AT_MS = window.fromMs + 20_000;
const tcp = (over: Partial<PlantedControl> = {}): PlantedControl => ({
  name: 'tcp',
  atMs: AT_MS,
  port: 1111,
  pid: null,
  networkScope: NAMESPACE,
  ...over,
});
const seen = (over: Partial<NetworkActivity> = {}): NetworkActivity => ({
  kind: 'network',
  op: 'connect',
  direction: 'outbound',
  protocol: 'tcp',
  atMs: AT_MS + 0.2,
  target: WATCHDOG,
  collector: 'trace',
  processId: null,
  thread: null,
  remote: { ip: '127.0.0.1', port: 1111, process: null, target: null },
  localPort: 5,
  bytesSent: 1,
  bytesReceived: 0,
  lifetimeSeconds: 0.0001,
  ...over,
});
const caughtBy = (controls: Partial<ControlEvidence>): string[] => {
  const { evidence } = scene(controls);
  return controlsIn(evidence, window)?.find(({ name }) => name === 'tcp')?.caughtBy ?? [];
};

describe('controlsIn', () => {
  it('asks that the trace shows each one: the same port, the same moment, the same deed', () => {
    expect(caughtBy({ planted: [tcp()], seen: [seen()] })).toContain('trace');
    expect(caughtBy({ planted: [tcp()], seen: [] })).not.toContain('trace');
    expect(caughtBy({ planted: [tcp(), tcp({ port: 2222 })], seen: [seen()] })).not.toContain('trace');
    expect(caughtBy({ planted: [tcp()], seen: [seen({ op: 'attempt' })] })).not.toContain('trace');
    expect(caughtBy({ planted: [tcp()], seen: [seen({ collector: 'sockets' })] })).not.toContain('trace');
    expect(caughtBy({ planted: [tcp()], seen: [seen({ atMs: AT_MS + 5000 })] })).not.toContain('trace');
  });

  it('takes no other child of the watchdog for the planted one', () => {
    const planted = tcp({ name: 'process', port: null, pid: 7 });
    const child = (exe: string | null): ProcessActivity => ({
      kind: 'process',
      op: 'spawn',
      atMs: AT_MS + 0.2,
      target: WATCHDOG,
      collector: 'trace',
      processId: null,
      thread: null,
      exe,
      parentName: 'idleproof',
      exitCode: null,
    });
    const caught = (exe: string | null): string[] => {
      const { evidence } = scene({ planted: [planted], seen: [child(exe)] });
      return controlsIn(evidence, window)?.find(({ name }) => name === 'process')?.caughtBy ?? [];
    };
    expect(caught('/usr/bin/true')).toContain('trace');
    expect(caught('/usr/bin/docker')).not.toContain('trace');
    expect(caught(null)).not.toContain('trace');
  });

  it('does not let what was planted elsewhere, or failed here, stand for this window', () => {
    const before = tcp({ atMs: window.fromMs - 5000 });
    expect(caughtBy({ planted: [before], seen: [seen({ atMs: before.atMs })] })).toEqual([]);
    const failures = [{ name: 'tcp' as const, atMs: AT_MS, reason: 'refused' }];
    expect(caughtBy({ planted: [tcp()], seen: [seen()], failures })).toEqual([]);
  });

  it('is null for evidence that is made up; what was never planted was caught by nobody', () => {
    expect(controlsIn(new Scene().evidence, window)).toBeNull();
    expect(caughtBy({})).toEqual([]);
  });
});

describe('plantedIn', () => {
  it('takes off each counter what was planted in that namespace and stretch, and nothing else', () => {
    const { evidence } = scene({ planted: [tcp(), tcp({ networkScope: 'network:7' })] });
    expect(plantedIn(evidence, 'tcpActiveOpens', NAMESPACE, window)).toBe(1);
    expect(plantedIn(evidence, 'tcpPassiveOpens', NAMESPACE, window)).toBe(1);
    expect(plantedIn(evidence, 'udpOutDatagrams', NAMESPACE, window)).toBe(0);
    expect(plantedIn(evidence, 'tcpActiveOpens', NAMESPACE, { fromMs: 0, toMs: 1 })).toBe(0);
  });
});

describe('isTraced', () => {
  const traced = (over: Partial<Evidence>, lost = 0): boolean => {
    const { evidence } = scene({});
    const { controls: _, ...without } = evidence;
    const report = { name: 'trace' as const, target: null, tier: 'zero-miss' as const, reason: null };
    const collectors = [{ ...report, status: 'ok' as const, lost, cpuSeconds: 0 }];
    return isTraced({ ...without, collectors, ...over }, 'app', window);
  };

  it('asks for a trace that was whole: nothing lost, no gap, all controls in it', () => {
    expect(traced({})).toBe(true);
    expect(traced({ collectors: [] })).toBe(false);
    expect(traced({}, 1)).toBe(false);
    const gap = {
      fromMs: AT_MS,
      toMs: AT_MS + 1000,
      collector: 'trace' as const,
      target: 'app',
      reason: 'x',
    };
    expect(traced({ gaps: [gap] })).toBe(false);
    expect(traced({ gaps: [{ ...gap, target: 'other' }] })).toBe(true);
    expect(traced({ controls: { planted: [tcp()], failures: [], seen: [] } })).toBe(false);
  });
});
