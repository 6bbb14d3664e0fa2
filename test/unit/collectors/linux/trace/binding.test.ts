import { describe, expect, it } from 'vitest';
import { bindingOf } from '../../../../../src/collectors/linux/trace/binding.ts';
import { type KnownSocket, newFlow } from '../../../../../src/collectors/linux/trace/flow.ts';
import type { NetworkActivity } from '../../../../../src/model/activity.ts';

const socket = (localPort: number, remotePort: number): KnownSocket => ({
  protocol: 'tcp',
  local: { ip: '10.0.0.1', port: localPort },
  remote: { ip: '10.0.0.9', port: remotePort },
  direction: 'outbound',
  hasReceived: true,
});
const sampled = ({ local, remote }: KnownSocket, bytesSent: number): NetworkActivity => ({
  kind: 'network',
  op: 'send',
  atMs: 0,
  target: 'app',
  collector: 'sockets',
  processId: 1,
  thread: null,
  direction: 'outbound',
  protocol: 'tcp',
  remote: remote === null ? null : { ...remote, process: null, target: null },
  localPort: local.port,
  bytesSent,
  bytesReceived: null,
  lifetimeSeconds: null,
});
const send = (bytesSent: number) =>
  newFlow({ op: 'send', direction: 'outbound', protocol: 'tcp', atNs: 0, tid: 7, socket: 9, bytesSent });
const [one, two, three] = [socket(40001, 443), socket(40002, 443), socket(40003, 80)];

describe('bindingOf', () => {
  it('is the only candidate', () => {
    expect(bindingOf(send(5), [one], [])).toEqual({ ends: one, certain: one, same: null });
    expect(bindingOf(send(5), [], [])).toBeNull();
  });

  it('is the one that sent as many bytes', () => {
    const tables = [sampled(one, 4), sampled(three, 5)];
    expect(bindingOf(send(5), [one, two, three], tables)).toEqual({
      ends: three,
      certain: three,
      same: tables[1],
    });
  });

  it('is one of those that sent as many bytes, for this time only', () => {
    const tables = [sampled(one, 5), sampled(three, 5)];
    expect(bindingOf(send(5), [one, two, three], tables)).toEqual({
      ends: one,
      certain: null,
      same: tables[0],
    });
  });

  it('has the remote that all of them have', () => {
    expect(bindingOf(send(5), [one, two], [])).toEqual({
      ends: { ...one, local: null },
      certain: null,
      same: null,
    });
  });

  it('is not known where they differ', () => {
    expect(bindingOf(send(5), [one, three], [])).toBeNull();
    expect(bindingOf(send(5), [one, { ...two, direction: 'inbound' }], [])).toBeNull();
    expect(bindingOf(send(5), [one, three], [sampled(one, 6)])).toBeNull();
  });
});
