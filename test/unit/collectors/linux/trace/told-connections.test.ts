import { describe, expect, it } from 'vitest';
import { ToldConnections } from '../../../../../src/collectors/linux/trace/told-connections.ts';
import type { NetworkActivity } from '../../../../../src/model/activity.ts';

const activity = (op: NetworkActivity['op']): NetworkActivity => ({
  kind: 'network',
  op,
  atMs: 0,
  target: 'app',
  collector: 'trace',
  processId: 1,
  thread: null,
  direction: 'outbound',
  protocol: 'tcp',
  remote: { ip: '10.0.0.9', port: 443, process: null, target: null },
  localPort: 40001,
  bytesSent: 1,
  bytesReceived: null,
  lifetimeSeconds: null,
});
const opening = {
  target: 'app',
  op: 'connect',
  protocol: 'tcp',
  local: { ip: '10.0.0.1', port: 40001 },
  remote: { ip: '10.0.0.9', port: 443 },
} as const;

describe('ToldConnections', () => {
  it('knows an opening for good, and traffic for some looks', () => {
    const told = new ToldConnections();
    told.add(activity('send'));
    expect([told.isKnown(activity('send')), told.isKnown(activity('connect'))]).toEqual([true, true]);
    for (let look = 0; look < 3; look += 1) told.nextLook();
    expect([told.isKnown(activity('send')), told.isKnown(activity('connect'))]).toEqual([false, true]);
  });

  it('knows no traffic that only the tables told: what moves at the next look is something else', () => {
    const told = new ToldConnections();
    told.add({ ...activity('send'), collector: 'sockets' });
    expect([told.isKnown(activity('send')), told.isKnown(activity('connect'))]).toEqual([false, true]);
  });

  it('knows a connection whose opening is held back, for as long as it is', () => {
    const told = new ToldConnections();
    told.hold(opening);
    expect([told.isKnown(activity('connect')), told.isKnown(activity('send'))]).toEqual([true, true]);
    expect(told.isKnown({ ...activity('connect'), target: 'other' })).toBe(false);
    told.nextLook();
    expect(told.isKnown(activity('connect'))).toBe(false);
  });

  it('recognises once what was told without its own port, for some looks', () => {
    const told = new ToldConnections();
    const shown = activity('connect');
    told.add({ ...shown, localPort: null });
    expect(told.isKnown(shown)).toBe(false);
    expect(told.completes({ ...shown, target: 'other' })).toBe(false);
    expect(told.completes(activity('send'))).toBe(false);
    expect([told.completes(shown), told.completes(shown)]).toEqual([true, false]);
    told.add({ ...activity('attempt'), localPort: null });
    for (let look = 0; look < 3; look += 1) told.nextLook();
    expect(told.completes(shown)).toBe(false);
  });

  it('leaves to the tables what no process does', () => {
    const told = new ToldConnections();
    told.add(activity('send'));
    expect(told.isKnown(activity('keepalive'))).toBe(false);
    const kept = new ToldConnections();
    kept.add(activity('keepalive'));
    expect(kept.isKnown(activity('send'))).toBe(false);
  });

  it('knows nothing of a connection without ends', () => {
    const told = new ToldConnections();
    told.hold({ ...opening, local: null });
    expect(told.isKnown({ ...activity('connect'), localPort: null })).toBe(false);
  });
});
