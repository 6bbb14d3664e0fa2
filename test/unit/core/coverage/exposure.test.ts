import { describe, expect, it } from 'vitest';
import { exposedAccepts } from '../../../../src/core/coverage/exposed-accepts.ts';
import { exposedNetwork } from '../../../../src/core/coverage/exposed-network.ts';
import { exposedProcesses } from '../../../../src/core/coverage/exposed-processes.ts';
import type { Exposure } from '../../../../src/core/coverage/exposure.ts';
import { STILL } from '../../../../src/core/examples/counters.ts';
import { Scene } from '../../support/evidence.ts';

const network = (scene: Scene, inbound = false): Exposure =>
  exposedNetwork(scene.evidence, 'app', scene.window, inbound);
const processes = (scene: Scene): Exposure => exposedProcesses(scene.evidence, 'app', scene.window);

/** The target ran once, between the looks at 19 and 20 s. */
const busy = (): Scene => new Scene().sample(20, 1, { cpuNs: 1e9 + 1e6 });

describe('exposedNetwork', () => {
  it('misses nothing of a target that did not run', () => {
    expect(network(new Scene().moved(20, { udpOutDatagrams: 9 }))).toEqual({
      tier: 'counter',
      unattributed: [],
      reason: 'none of its processes ran',
      ran: false,
    });
  });

  it('misses nothing when the counters did not move', () => {
    expect(network(busy()).tier).toBe('counter');
  });

  it.each([
    ['tcpActiveOpens', 'connection'],
    ['udpOutDatagrams', 'datagram'],
    ['udp6OutDatagrams', 'IPv6 datagram'],
    ['icmpOutMsgs', 'ICMP message'],
    ['icmp6OutMsgs', 'ICMPv6 message'],
    ['ipOutNoRoutes', 'packet without a route'],
    ['ip6OutNoRoutes', 'IPv6 packet without a route'],
  ])('cannot say whose a move of %s was', (counter, what) => {
    expect(network(busy().moved(20, { [counter]: 2 }))).toMatchObject({
      tier: 'sampled',
      unattributed: [{ what, count: 2 }],
    });
  });

  it('minds IP packets that no protocol accounts for, and those that could hide some', () => {
    expect(network(busy().moved(20, { ipOutRequests: 3 })).unattributed).toEqual([
      { what: 'IP packet of another protocol', count: 3 },
    ]);
    expect(network(busy().moved(20, { tcpOutSegs: 9, ipOutRequests: 7 })).unattributed).toEqual([
      { what: 'TCP segment sent in one packet with others', count: 2 },
    ]);
    expect(network(busy().moved(20, { tcpOutSegs: 9 })).tier).toBe('counter');
  });

  it('minds counters of protocols that it does not know', () => {
    const scene = busy();
    for (const reading of scene.evidence.counters) reading.values['sctpOutPackets'] = 1;
    expect(network(scene).tier).toBe('counter');
    expect(network(scene.moved(20, {})).tier).toBe('sampled');
  });

  it('counts accepted connections only for rules that could match them', () => {
    const scene = busy().moved(20, { tcpPassiveOpens: 1 });
    expect(network(scene).tier).toBe('counter');
    expect(network(scene, true)).toMatchObject({
      tier: 'sampled',
      unattributed: [{ what: 'accepted connection', count: 1 }],
    });
    expect(network(scene.network(20, { op: 'accept', direction: 'inbound' }), true).tier).toBe('counter');
  });

  it('takes the connections that were seen of the target away', () => {
    const scene = busy().moved(20, { tcpActiveOpens: 3 }).network(20).network(20, { op: 'attempt' });
    // An attempt explains nothing: it need not have moved the counter.
    expect(network(scene).unattributed).toEqual([{ what: 'connection', count: 2 }]);
    expect(network(scene.network(20).network(20)).tier).toBe('counter');
  });

  it('minds tasks that nobody saw: what they send from another network namespace moves other counters', () => {
    const exposure = network(busy().forked(20, 1));
    expect(exposure.tier).toBe('sampled');
    expect(exposure.reason).toContain('another network namespace');
  });

  it('asks for every accepted connection, of which a trace may have seen nothing', () => {
    const accepts = (scene: Scene): string => exposedAccepts(scene.evidence, 'app', scene.window).tier;
    expect(accepts(busy().moved(20, { tcpPassiveOpens: 1 }))).toBe('sampled');
    expect(accepts(busy().moved(20, { tcpActiveOpens: 1, udpOutDatagrams: 3 }))).toBe('counter');
    const told = busy().moved(20, { tcpPassiveOpens: 1 }).network(20, { op: 'accept', direction: 'inbound' });
    expect(accepts(told)).toBe('counter');
    const silent = (listening: number): Scene =>
      busy().moved(20, { tcpPassiveOpens: 1 }).counters(0, 'sockets:app', { listening });
    expect(accepts(silent(0))).toBe('counter');
    expect(accepts(silent(1))).toBe('sampled');
    expect(accepts(silent(0).counters(20, 'sockets:app', { listening: 1 }))).toBe('sampled');
    expect(accepts(silent(0).network(20, { op: 'listen', direction: 'inbound' }))).toBe('sampled');
  });

  it('rests on what the trace tells of the targets’ ports, whatever came to others', () => {
    const arrived = (after: Record<string, number>, scene: Scene = busy()): Scene =>
      scene
        .moved(20, { tcpPassiveOpens: 3 })
        .counters(0, 'sockets:app', { listening: 1 })
        .counters(0, 'arrivals', { untouched: 2, unheard: 1 })
        .counters(60, 'arrivals', { untouched: 2, unheard: 1, ...after });
    const accepts = (scene: Scene) => exposedAccepts(scene.evidence, 'app', scene.window);
    expect(accepts(arrived({}))).toMatchObject({ tier: 'counter', ran: true });
    expect(accepts(arrived({ untouched: 3 }))).toMatchObject({
      tier: 'sampled',
      unattributed: [{ what: 'accepted connection', count: 1 }],
      reason:
        '1 connection came to ports at which targets listen, and whether anybody accepted them is not known',
    });
    // Where it may not have heard of all, and where a port was opened in the window, the counters of the namespace decide.
    const ofNamespace = { unattributed: [{ what: 'accepted connection', count: 3 }] };
    expect(accepts(arrived({ unheard: 2 }))).toMatchObject(ofNamespace);
    const opened = busy().network(20, { op: 'listen', direction: 'inbound' });
    expect(accepts(arrived({}, opened))).toMatchObject(ofNamespace);
    expect(accepts(busy().counters(60, 'arrivals', { untouched: 0, unheard: 0 })).tier).toBe('counter');
  });

  it('does not take away what another target did, or what came at another time', () => {
    const scene = busy()
      .counters(10, 'network:4026531840', STILL)
      .moved(20, { tcpActiveOpens: 1 })
      .network(5)
      .network(20, { target: 'other' });
    expect(network(scene).tier).toBe('sampled');
  });

  it('lets what moved while the target slept be that of others', () => {
    const scene = busy()
      .counters(18, 'network:4026531840', STILL)
      .counters(20, 'network:4026531840', STILL)
      .moved(40, { udpOutDatagrams: 100 });
    expect(network(scene).tier).toBe('counter');
  });

  it('begins one reading earlier, since counters are read a moment after the clocks', () => {
    const scene = busy()
      .counters(18, 'network:4026531840', STILL)
      .moved(19, { tcpActiveOpens: 1 })
      .moved(20, { tcpActiveOpens: 1 });
    expect(network(scene).tier).toBe('sampled');
  });

  it('explains segments by connections that stay open, unless their sends cannot be read', () => {
    const scene = busy().moved(20, { tcpOutSegs: 5 });
    expect(network(scene).tier).toBe('counter');
    expect(network(scene.counters(20, 'sockets:app', { closed: 0, sendsUnseen: 1 })).tier).toBe('sampled');
  });

  it('minds connections that closed between two looks', () => {
    const scene = busy().counters(-5, 'sockets:app', { closed: 4, sendsUnseen: 0 });
    expect(network(scene).tier).toBe('counter');
    expect(network(scene.counters(20, 'sockets:app', { closed: 6, sendsUnseen: 0 }))).toMatchObject({
      unattributed: [{ what: 'connection closed between two looks', count: 2 }],
    });
  });

  it('is exposed throughout when the CPU clock is not known', () => {
    const moved = (): Scene => new Scene().moved(20, { udpOutDatagrams: 1 });
    expect(network(moved().without('cpu')).tier).toBe('sampled');
    expect(network(moved().gap(10, 11, 'cpu')).tier).toBe('sampled');
    expect(network(moved().report('cpu', { status: 'partial' })).tier).toBe('sampled');
    expect(network(moved().gap(10, 11, 'cpu', 'other')).tier).toBe('counter');
  });

  it('is exposed by a process that starts or ends', () => {
    const started = new Scene().process({ id: 2, pid: 101 }, 20).moved(20, { udpOutDatagrams: 1 });
    expect(network(started).tier).toBe('sampled');
    const ended = new Scene()
      .process({ id: 2, pid: 101 })
      .happened(20, 'exit')
      .moved(20, { udpOutDatagrams: 1 });
    expect(network(ended).tier).toBe('sampled');
  });

  it('looks at each namespace for the processes that are in it', () => {
    const scene = busy().process({ id: 2, pid: 101, networkScope: 'network:2' });
    for (const second of [-5, 60])
      scene.counters(second, 'network:2', { ...STILL, udpOutDatagrams: second + 5 });
    expect(network(scene).tier).toBe('counter');
    expect(network(scene.sample(30, 2, { cpuNs: 3e9 })).tier).toBe('sampled');
  });

  it('says nothing when a counter ran backwards, vanished or was not read to the end', () => {
    expect(network(busy().moved(20, { udpOutDatagrams: -1 })).reason).toContain('not read throughout');
    const short = busy();
    short.evidence.counters = short.evidence.counters.filter(({ atMs }) => atMs < short.window.toMs - 50_000);
    expect(network(short).reason).toContain('not read throughout');
    const poor = busy();
    for (const reading of poor.evidence.counters) reading.values = { tcpOutSegs: 1 };
    expect(network(poor).reason).toContain('not read throughout');
  });
});

describe('exposedProcesses', () => {
  it('takes the processes that were seen away', () => {
    const scene = busy().forked(20, 2).happened(20, 'spawn');
    expect(processes(scene)).toMatchObject({
      tier: 'sampled',
      unattributed: [{ what: 'process or thread', count: 1 }],
    });
    expect(processes(scene.happened(20, 'spawn')).tier).toBe('counter');
  });

  it('does not let one stretch pay for another', () => {
    const scene = new Scene()
      .sample(10, 1, { cpuNs: 2e9 })
      .sample(40, 1, { cpuNs: 3e9 })
      .counters(8, 'forks', { tasks: 500 })
      .counters(10, 'forks', { tasks: 500 })
      .counters(38, 'forks', { tasks: 500 })
      .forked(40, 1)
      .happened(10, 'spawn');
    expect(processes(scene).tier).toBe('sampled');
  });
});
