import { describe, expect, it } from 'vitest';
import type { Availability, CollectorName } from '../../../../src/model/collector.ts';
import type { Circumstances } from '../../../../src/session/doctor/circumstances.ts';
import { liftsFor } from '../../../../src/session/doctor/lifts.ts';

type Seen = Availability & { name: CollectorName };

const HERE: Circumstances = {
  userId: 1000,
  targetUserIds: [1000],
  native: true,
  container: false,
  processesHidden: false,
  seeingGroup: null,
  userNamespaces: true,
};

const seen = (poor: CollectorName[] = []): Seen[] =>
  (['cpu', 'memory', 'io', 'sockets', 'trace'] as const).map((name) => ({
    name,
    tier: 'sampled',
    status: poor.includes(name) ? (name === 'trace' ? 'unavailable' : 'partial') : 'ok',
    reason: null,
  }));

const commands = (poor: CollectorName[], fields: Partial<Circumstances> = {}): string[] =>
  liftsFor(seen(poor), { ...HERE, ...fields }, 'native').map(({ command }) => command);

describe('what would let one see more', () => {
  it('is nothing where everything is seen', () => {
    expect(commands([], { userId: 0 })).toEqual([]);
    expect(commands([])).toEqual([]);
  });

  it('is root, or --offline, where only the trace lacks', () => {
    expect(commands(['trace'])).toEqual([
      'sudo idleproof check …',
      'idleproof check --offline … -- command args',
    ]);
  });

  it("is also the target's own user, and capabilities, where descriptors cannot be read", () => {
    const found = commands(['memory', 'sockets', 'trace'], { targetUserIds: [33] });
    expect(found[1]).toBe("sudo -u '#33' idleproof check …");
    expect(found[2]).toContain('setcap cap_sys_ptrace,cap_dac_read_search+ep');
  });

  it('is not another user where there are several, or where it is root or oneself', () => {
    for (const targetUserIds of [[33, 34], [0], [1000], []]) {
      expect(commands(['sockets'], { targetUserIds }).join()).not.toContain('sudo -u');
    }
  });

  it('is a group where /proc hides processes', () => {
    expect(commands([], { processesHidden: true, seeingGroup: 27 })[0]).toContain('getent group 27');
    expect(commands([], { processesHidden: true })[0]).toContain('remount,gid=');
    expect(commands([], { processesHidden: true, userId: 0 })).toEqual([]);
  });

  it('is a matter of the container for root in one', () => {
    const root = { userId: 0, container: true };
    expect(commands(['trace'], root)[0]).toContain('docker run --privileged');
    expect(commands(['sockets'], root)).toEqual([
      'docker run --cap-add SYS_PTRACE --cap-add DAC_READ_SEARCH …',
    ]);
  });

  it('is a mount, or a setting of the unit, for root outside of one', () => {
    expect(commands(['trace'], { userId: 0 })[0]).toContain('mount -t tracefs');
    const partly = seen().map((one) => (one.name === 'trace' ? { ...one, status: 'partial' as const } : one));
    const lifts = liftsFor(partly, { ...HERE, userId: 0 }, 'native');
    expect(lifts.map(({ command }) => command).join()).not.toContain('mount');
  });

  it('is koffi where it was not installed', () => {
    expect(commands([], { native: false })).toEqual([
      'npm ci --include=optional   # in a checkout; or install the package again with --include=optional',
    ]);
  });

  it('is a sysctl first where user namespaces are forbidden', () => {
    expect(commands(['trace'], { userNamespaces: false }).at(-1)).toContain(
      'sysctl user.max_user_namespaces',
    );
    expect(commands(['trace'], { userNamespaces: false, userId: 0 }).at(-1)).toContain('--offline … --');
  });

  it('is the native set where the portable one was asked for', () => {
    expect(liftsFor(seen(['trace', 'wakeups']), HERE, 'portable').map(({ command }) => command)).toEqual([
      'idleproof check --collectors auto …',
    ]);
  });

  it('names the collectors that it lifts, each once', () => {
    const [first] = liftsFor([...seen(['sockets', 'trace']), ...seen(['sockets'])], HERE, 'native');
    expect(first?.collectors).toEqual(['sockets', 'trace']);
  });
});
