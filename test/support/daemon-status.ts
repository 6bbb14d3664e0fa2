import type { ControlHost, VerdictQuery } from '../../src/model/control-api.ts';
import type { DaemonStatus, WindowStatus, WindowVerdict } from '../../src/model/daemon-status.ts';

const START = Date.UTC(2026, 10, 20, 6, 0, 0);

export const verdictOf = (over: Partial<WindowVerdict> = {}): WindowVerdict => ({
  windowId: 'after-chat',
  fromMs: START + 60_000,
  toMs: START + 3_660_000,
  verdict: 'pass',
  headline: 'PASS: backend for 3600 s: 6 rules hold, none is broken',
  folder: '/var/lib/idleproof/reports/2026-11-20_0601_backend',
  coverageShare: 0.998,
  excludedPeriodSeconds: 3_790,
  findings: {},
  ...over,
});

export const windowOf = (over: Partial<WindowStatus> = {}): WindowStatus => ({
  id: 'after-chat',
  trigger: 'user-quiet',
  state: 'open',
  sinceMs: START + 3_670_000,
  nextAtMs: START + 7_270_000,
  userQuietSinceMs: START + 3_600_000,
  lastVerdict: verdictOf(),
  verdictCounts: { pass: 3, fail: 1, inconclusive: 2 },
  ...over,
});

/** What a daemon with two targets and three windows tells. */
export const statusOf = (over: Partial<DaemonStatus> = {}): DaemonStatus => ({
  schemaVersion: 1,
  version: '0.1.0',
  pid: 4711,
  startedAtMs: START,
  atMs: START + 4_000_000,
  utcOffsetMinutes: 60,
  config: { path: '/etc/idleproof.yaml', sha256: 'ab'.repeat(32), loadedAtMs: START },
  stateFolder: '/var/lib/idleproof',
  reportsFolder: '/var/lib/idleproof/reports',
  tickMs: 1_000,
  looks: 4_000,
  lastLookAtMs: START + 3_999_600,
  targets: [
    {
      name: 'backend',
      selector: 'port 8000',
      isPresent: true,
      processes: 3,
      cpuPercent: 0.12,
      pssBytes: 48_200_000,
      rssBytes: 61_000_000,
      wakeupsPerSecond: 1.5,
    },
    {
      name: 'model',
      selector: 'name llama-server',
      isPresent: false,
      processes: 0,
      cpuPercent: null,
      pssBytes: null,
      rssBytes: null,
      wakeupsPerSecond: null,
    },
  ],
  windows: [
    windowOf(),
    windowOf({
      id: 'nightly',
      trigger: 'schedule',
      state: 'waiting',
      sinceMs: START,
      nextAtMs: START + 68_400_000,
      userQuietSinceMs: null,
      lastVerdict: verdictOf({
        windowId: 'nightly',
        verdict: 'fail',
        headline: 'FAIL: backend for 3600 s: The app talks to the network while idle',
        findings: { 'network-activity': 2, 'network-period': 1 },
        excludedPeriodSeconds: null,
      }),
      verdictCounts: { pass: 0, fail: 1, inconclusive: 0 },
    }),
    windowOf({
      id: 'by-hand',
      trigger: 'manual',
      state: 'waiting',
      sinceMs: START,
      nextAtMs: null,
      userQuietSinceMs: null,
      lastVerdict: null,
      verdictCounts: { pass: 0, fail: 0, inconclusive: 0 },
    }),
  ],
  measurements: [],
  alerts: { firing: 1, outbox: 2 },
  store: {
    path: '/var/lib/idleproof/evidence.db',
    segments: 2,
    rows: 12_345,
    bytes: 1_400_000,
    lastCommitAtMs: START + 3_990_000,
    uncommittedSinceMs: START + 3_991_000,
    commitEveryMs: 30_000,
  },
  self: { cpuSeconds: 3.21, rssBytes: 71_000_000, wakeups: 4_123 },
  problems: [
    { kind: 'collector', subject: 'trace', text: 'trace: unavailable, no permission', sinceMs: START },
  ],
  ...over,
});

/** A daemon without a loop: it remembers what it was told. */
export class HostStub implements ControlHost {
  readonly calls: string[] = [];
  current: DaemonStatus;
  history: WindowVerdict[] = [verdictOf(), verdictOf({ windowId: 'nightly', verdict: 'fail' })];

  constructor(status: DaemonStatus = statusOf()) {
    this.current = status;
  }

  status(): DaemonStatus {
    return this.current;
  }

  verdicts({ windowId, limit }: VerdictQuery): WindowVerdict[] {
    const wanted = this.history.filter((one) => windowId === null || one.windowId === windowId);
    return wanted.slice(0, limit);
  }

  async openWindow(id: string): Promise<void> {
    this.#set(id, 'open');
  }

  async closeWindow(id: string): Promise<void> {
    this.#set(id, 'waiting');
  }

  reload(): Promise<{ path: string; sha256: string; changed: boolean }> {
    this.calls.push('reload');
    const { path, sha256 } = this.current.config;
    return Promise.resolve({ path, sha256, changed: false });
  }

  #set(id: string, state: 'open' | 'waiting'): void {
    this.calls.push(`${state} ${id}`);
    const windows = this.current.windows.map((window) => (window.id === id ? { ...window, state } : window));
    this.current = { ...this.current, windows };
  }
}
