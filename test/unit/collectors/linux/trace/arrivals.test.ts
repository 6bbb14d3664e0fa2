import { describe, expect, it } from 'vitest';
import { Arrivals } from '../../../../../src/collectors/linux/trace/arrivals.ts';
import { TCP_STATE } from '../../../../../src/core/parse/socket-record.ts';
import type { SocketStateRecord } from '../../../../../src/model/kernel-record.ts';

const { synReceived, synSent, established } = TCP_STATE;
const LOCAL = { ip: '127.0.0.1', port: 8080 };

function arrival(port: number, change: Partial<SocketStateRecord> = {}): SocketStateRecord {
  return {
    event: 'socket-state',
    atNs: 1e9,
    tid: 1,
    context: 'softirq',
    socket: 1,
    protocol: 6,
    oldState: synReceived,
    newState: established,
    local: LOCAL,
    remote: { ip: '127.0.0.1', port },
    ...change,
  };
}

/** A host on which each look begins as the test says. */
class Host {
  ports: number[] | null = [8080];
  accepts = true;
  recorded: readonly number[] = [];
  look = 1;
  /** Remote ports of connections that were told, and at which look. */
  readonly told: Map<number, number> = new Map();
  readonly arrivals: Arrivals = new Arrivals({
    ports: () => this.ports,
    recordAt: (ports) => {
      if (this.accepts) this.recorded = ports;
      return this.accepts;
    },
    look: () => this.look,
    toMs: (ns) => ns / 1e6,
    wasTold: ({ remote }, sinceLook) => (this.told.get(remote?.port ?? 0) ?? 0) >= sinceLook,
  });

  constructor() {
    this.arrivals.mind();
  }

  came(records: SocketStateRecord[], { isWhole = true, isLate = false } = {}): this {
    this.arrivals.record(records, { isWhole, isLate });
    return this;
  }

  values(atMs = 2000): Readonly<Record<string, number>> {
    return this.arrivals.take(atMs).values;
  }
}

describe('Arrivals', () => {
  it('records at the ports of the targets, also those that are closed again', () => {
    const host = new Host();
    expect(host.recorded).toEqual([8080]);
    host.ports = [9090];
    host.came([]);
    expect(host.recorded).toEqual([8080, 9090]);
  });

  it('begins anew with the present ports where they have become too many', () => {
    const host = new Host();
    for (let nth = 0; nth < 70; nth += 1) {
      host.ports = [9000 + nth];
      host.came([]);
    }
    expect(host.recorded).toContain(9069);
    expect(host.recorded.length).toBeLessThan(65);
    const { unheard } = host.values();
    host.came([]);
    expect(host.values()['unheard']).toBe(unheard);
  });

  it('counts connections that nobody was told to have touched', () => {
    const host = new Host();
    host.told.set(50_000, 1);
    host.came([arrival(50_000), arrival(50_001)]);
    expect(host.values()).toMatchObject({ untouched: 1 });
    expect(host.values(3000)).toMatchObject({ untouched: 1 });
  });

  it('takes no connection of before for one that came from the same port', () => {
    const host = new Host();
    host.told.set(50_000, 1);
    host.look = 2;
    expect(host.came([arrival(50_000)]).values()).toMatchObject({ untouched: 1 });
  });

  it('goes back to the look since which its records are late, and no further', () => {
    const host = new Host();
    host.told.set(50_000, 1);
    host.came([], { isLate: true });
    host.look = 2;
    host.came([], { isLate: true });
    host.look = 3;
    expect(host.came([arrival(50_000)]).values()).toMatchObject({ untouched: 0 });
    host.look = 4;
    expect(host.came([arrival(50_000)]).values()).toMatchObject({ untouched: 1 });
  });

  it('leaves what comes after a look to the next one', () => {
    const host = new Host();
    host.came([arrival(50_000, { atNs: 2.001e9 })]);
    expect(host.values(2000)).toMatchObject({ untouched: 0 });
    expect(host.values(3000)).toMatchObject({ untouched: 1 });
  });

  it('is not about other states, nor about other protocols', () => {
    const host = new Host();
    host.came([arrival(50_000, { oldState: synSent }), arrival(50_001, { protocol: 132 })]);
    expect(host.values()).toMatchObject({ untouched: 0 });
  });

  it.each<[string, (host: Host) => void]>([
    ['records may be missing', (host) => void host.came([], { isWhole: false })],
    [
      'a port is new',
      (host) => {
        host.ports = [8080, 9090];
        host.came([]);
      },
    ],
    [
      'the ports of a target are not known',
      (host) => {
        host.ports = null;
        host.came([]);
      },
    ],
    [
      'there are too many ports',
      (host) => {
        host.ports = Array.from({ length: 65 }, (_, nth) => 1000 + nth);
        host.came([]);
      },
    ],
    [
      'the kernel refuses',
      (host) => {
        host.accepts = false;
        host.ports = [9090];
        host.came([]);
      },
    ],
    [
      'too many came at once',
      (host) => void host.came(Array.from({ length: 10_001 }, (_, nth) => arrival(nth))),
    ],
  ])('says that it may not have heard of all where %s', (_, change) => {
    const host = new Host();
    const before = host.values()['unheard'];
    host.came([]);
    expect(host.values()['unheard']).toBe(before);
    change(host);
    expect(host.values()['unheard']).toBe((before ?? 0) + 1);
  });
});
