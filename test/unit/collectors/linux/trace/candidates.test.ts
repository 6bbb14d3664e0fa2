import { describe, expect, it } from 'vitest';
import { type Binding, Candidates } from '../../../../../src/collectors/linux/trace/candidates.ts';
import { type Flow, type KnownSocket, newFlow } from '../../../../../src/collectors/linux/trace/flow.ts';
import type { NetworkActivity } from '../../../../../src/model/activity.ts';

const socket = (localPort: number, remotePort: number): KnownSocket => ({
  protocol: 'tcp',
  local: { ip: '10.0.0.1', port: localPort },
  remote: { ip: '10.0.0.9', port: remotePort },
  direction: 'outbound',
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

const bindingOf = (
  flow: Flow,
  candidates: readonly KnownSocket[],
  tables: readonly NetworkActivity[],
): Binding | null => new Candidates(candidates, tables).claim(flow);

describe('whose ends a socket has', () => {
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

  it('is not known by the bytes of another socket with the same port, or of what was received', () => {
    const elsewhere = { ...sampled(three, 5), remote: { ...sampled(one, 5).remote!, ip: '10.0.0.8' } };
    expect(bindingOf(send(5), [one, three], [elsewhere])).toBeNull();
    expect(bindingOf(send(5), [one, three], [{ ...sampled(three, 5), op: 'receive' }])).toBeNull();
    expect(bindingOf({ ...send(5), op: 'receive' }, [one, three], [sampled(three, 5)])).toBeNull();
  });
});

describe('what was claimed', () => {
  it('is not given again', () => {
    const candidates = new Candidates([one, three], [sampled(one, 4), sampled(three, 5)]);
    expect(candidates.claim(send(5))?.certain).toBe(three);
    expect(candidates.claim(send(5))?.certain).toBe(one);
    expect(candidates.claim(send(4))).toBeNull();
    expect(candidates.isEmpty).toBe(true);
  });

  it('leaves the others of its kind', () => {
    const candidates = new Candidates([one, three, two], [sampled(three, 5)]);
    expect(candidates.claim(send(6))).toBeNull();
    expect(candidates.claim(send(5))?.certain).toBe(three);
    expect(candidates.claim(send(6))).toMatchObject({
      ends: { local: null, remote: one.remote },
      certain: null,
    });
    expect(candidates.isEmpty).toBe(false);
  });

  it('is the transfer, where the socket is not certain: each is given once', () => {
    const tables = [sampled(one, 5), sampled(two, 5), sampled(two, 5), sampled(three, 6)];
    const candidates = new Candidates([one, two, three], tables);
    const claims = [1, 2, 3].map(() => candidates.claim(send(5)));
    expect(claims.map((claim) => claim?.same)).toEqual(tables.slice(0, 3));
    // Whoever of the two sent first, nobody knows: the other one is not certain because it is left.
    expect(claims.map((claim) => claim?.certain)).toEqual([null, null, null]);
  });
});

describe('a flood', () => {
  it('of 10,000 sockets and as many sends of one size is no search through all of them each time', () => {
    const sockets = Array.from({ length: 10_000 }, (_, index) => socket(index, index));
    const candidates = new Candidates(
      sockets,
      sockets.map((known) => sampled(known, 5)),
    );
    const bindings = sockets.map(() => candidates.claim(send(5)));
    expect(new Set(bindings.map((binding) => binding?.ends.local?.port)).size).toBe(10_000);
  });
});
