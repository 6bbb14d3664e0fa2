import { describe, expect, it } from 'vitest';
import { SilentSockets } from '../../../../../src/collectors/linux/own-network/silent-sockets.ts';
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

describe('SilentSockets of a network of its own', () => {
  it('tells of connected datagram sockets when a datagram was counted, each once', () => {
    const silent = new SilentSockets();
    const listening = connected(3, { op: 'listen', remote: null });
    expect(silent.take([connected(1), listening], false)).toEqual([listening]);
    expect(silent.take([], false)).toEqual([]);
    expect(silent.take([connected(2)], true)).toEqual([connected(1), connected(2)]);
    expect(silent.take([], true)).toEqual([]);
  });

  it('forgets those that were closed before', () => {
    const silent = new SilentSockets();
    silent.take([connected(1), connected(2)], false);
    silent.close(1, { ip: '10.0.0.9', port: null });
    silent.close(2, { ip: '10.0.0.8', port: 53 });
    silent.close(2, { ip: '10.0.0.9', port: 54 });
    expect(silent.take([], true)).toEqual([connected(2)]);
  });

  it('is bounded, and what it cannot hold is told', () => {
    const many = Array.from({ length: 1001 }, (_, port) => connected(port));
    expect(new SilentSockets().take(many, false)).toHaveLength(1);
  });
});
