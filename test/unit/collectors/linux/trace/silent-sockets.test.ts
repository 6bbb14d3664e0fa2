import { describe, expect, it } from 'vitest';
import { SilentSockets } from '../../../../../src/collectors/linux/trace/silent-sockets.ts';
import type { NetworkActivity } from '../../../../../src/model/activity.ts';

const connected = (localPort: number, known: Partial<NetworkActivity> = {}): NetworkActivity => ({
  kind: 'network',
  op: 'connect',
  atMs: 0,
  target: 'app',
  collector: 'sockets',
  processId: 1,
  thread: null,
  direction: 'outbound',
  protocol: 'udp',
  remote: { ip: '10.0.0.9', port: 53, process: null, target: null },
  localPort,
  bytesSent: null,
  bytesReceived: null,
  lifetimeSeconds: null,
  ...known,
});

describe('SilentSockets of a trace', () => {
  it('holds connected datagram sockets back, and nothing else', () => {
    const silent = new SilentSockets();
    expect(silent.holds(connected(1))).toBe(true);
    expect(silent.holds(connected(1, { protocol: 'tcp' }))).toBe(false);
    expect(silent.holds(connected(1, { op: 'listen', remote: null }))).toBe(false);
  });

  it('tells them as soon as the trace misses something, and those after', () => {
    const silent = new SilentSockets();
    silent.holds(connected(1));
    expect(silent.miss()).toEqual([connected(1)]);
    expect(silent.miss()).toEqual([]);
    expect(silent.holds(connected(2))).toBe(false);
  });

  it('is bounded, and what it cannot hold is told', () => {
    const silent = new SilentSockets();
    const held = Array.from({ length: 1001 }, (_, port) => silent.holds(connected(port)));
    expect(held.filter((one) => one)).toHaveLength(1000);
  });
});
