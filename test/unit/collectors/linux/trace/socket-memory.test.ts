import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OlderConnections } from '../../../../../src/collectors/linux/trace/older-connections.ts';
import type { KnownSocket } from '../../../../../src/collectors/linux/trace/flow.ts';
import { SocketMemory } from '../../../../../src/collectors/linux/trace/socket-memory.ts';

describe('what is remembered of sockets', () => {
  it('goes when space is needed: what ended first, then what was used least recently, and is told', () => {
    const gone: number[] = [];
    const memory = new SocketMemory<{ socket: number }>(3, ({ socket }) => gone.push(socket));
    const [one, two, three, four, five] = [1, 2, 3, 4, 5].map((socket) => ({ socket }));
    for (const entry of [one!, two!, three!]) memory.use(entry);
    memory.end(two!);
    memory.use(one!);
    memory.use(four!);
    expect([gone, memory.forgotten]).toEqual([[2], 0]);
    memory.use(five!);
    expect([gone, memory.forgotten]).toEqual([[2, 3], 1]);
    expect([...memory.live()].map(({ socket }) => socket)).toEqual([1, 4, 5]);
  });

  it('is asked for by address, also after its end, until that is given again', () => {
    const memory = new SocketMemory<{ socket: number; nth: number }>(3, () => {});
    memory.use({ socket: 1, nth: 1 });
    memory.end(memory.get(1)!);
    expect(memory.get(1)?.nth).toBe(1);
    expect([...memory.live()]).toEqual([]);
    memory.use({ socket: 1, nth: 2 });
    expect(memory.get(1)?.nth).toBe(2);
    memory.delete(1);
    expect(memory.get(1)).toBeUndefined();
  });

  it('is bounded, and nothing goes without a word', () => {
    const act = fc.record({ socket: fc.nat(30), ends: fc.boolean() });
    fc.assert(
      fc.property(fc.array(act), (acts) => {
        const known = new Set<number>();
        const memory = new SocketMemory<{ socket: number }>(8, ({ socket }) => known.delete(socket));
        for (const { socket, ends } of acts) {
          known.add(socket);
          const entry = memory.get(socket) ?? { socket };
          memory.use(entry);
          if (ends) memory.end(entry);
          expect([...known].every((one) => memory.get(one) !== undefined)).toBe(true);
          expect(known.size).toBeLessThanOrEqual(8);
        }
      }),
    );
  });
});

describe('connections that were open before', () => {
  const known: KnownSocket = {
    protocol: 'tcp',
    local: { ip: '10.0.0.1', port: 40_000 },
    remote: { ip: '10.0.0.9', port: 443 },
    direction: 'outbound',
  };

  it('are claimed once: their ends can be used again', () => {
    const older = new OlderConnections();
    older.add([known, { ...known, remote: null }]);
    expect(older.find(known.local, known.remote!)).toBe(known);
    expect(older.claim(known.local, known.remote!)).toBe(known);
    expect(older.claim(known.local, known.remote!)).toBeNull();
    expect(older.find(known.local, { ...known.remote!, port: 80 })).toBeNull();
  });
});
