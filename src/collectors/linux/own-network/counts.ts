import { parseKeyValues } from '../../../core/parse/key-values.ts';
import { parseNetSnmp } from '../../../core/parse/net-snmp.ts';
import type { NamespaceFile } from '../../../os/kept-namespace.ts';

/** What a network namespace has counted since it was made, as far as it tells what its processes did. IPv4 and IPv6 together. */
export interface OwnCounts {
  /** TCP connections that somebody in there tried to open, how many of these came to nothing, and those that were taken. */
  opened: number;
  failed: number;
  accepted: number;
  /** TCP segments with payload, those sent again left out. */
  dataSegments: number;
  datagrams: number;
  datagramsReceived: number;
  /** ICMP messages but for what the kernel answers: that nobody listens, or an echo. */
  icmp: number;
  /** Packets of no known protocol; less by those that went out as one packet with others. */
  otherPackets: number;
  /** What had nowhere to go. */
  unroutable: number;
}

function known(values: ReadonlyMap<string, number>, name: string): number {
  const value = values.get(name);
  if (value === undefined) throw new Error(`its own network namespace does not tell ${name}`);
  return value;
}

/** Reads the counters. Throws where one of them is not told, since it must not be taken for 0. */
export function readOwnCounts(read: (file: NamespaceFile) => string): OwnCounts {
  // Segments before connections: those whose segments are counted are counted themselves.
  const extended = parseNetSnmp(read('netstat'));
  const ipv4 = parseNetSnmp(read('snmp'));
  const ipv6 = parseKeyValues(read('snmp6'));
  const four = (name: string): number => known(ipv4, name);
  // A host without IPv6 has no such counters, and no such packets; UDP-Lite is an option of the kernel.
  const six = (name: string): number => (ipv6.size === 0 ? 0 : known(ipv6, name));
  const lite = (ipv4.get('UdpLite.OutDatagrams') ?? 0) + (ipv6.get('UdpLite6OutDatagrams') ?? 0);
  const datagrams = four('Udp.OutDatagrams') + six('Udp6OutDatagrams') + lite;
  const icmp = four('Icmp.OutMsgs') + six('Icmp6OutMsgs');
  const answers =
    Math.min(four('Icmp.OutDestUnreachs'), four('Udp.NoPorts')) +
    Math.min(four('Icmp.OutEchoReps'), four('Icmp.InEchos')) +
    Math.min(six('Icmp6OutDestUnreachs'), six('Udp6NoPorts')) +
    Math.min(six('Icmp6OutEchoReplies'), six('Icmp6InEchos'));
  const segments = four('Tcp.OutSegs') + four('Tcp.RetransSegs');
  return {
    opened: four('Tcp.ActiveOpens'),
    failed: four('Tcp.AttemptFails'),
    accepted: four('Tcp.PassiveOpens'),
    dataSegments: known(extended, 'TcpExt.TCPOrigDataSent'),
    datagrams,
    datagramsReceived: four('Udp.InDatagrams') + six('Udp6InDatagrams'),
    icmp: icmp - answers,
    otherPackets: four('Ip.OutRequests') + six('Ip6OutRequests') - segments - datagrams - icmp,
    unroutable: four('Ip.OutNoRoutes') + six('Ip6OutNoRoutes'),
  };
}

/** Those that only ever grow; the others are differences of counters that are not read at the very same moment. */
const GROWING = [
  'opened',
  'failed',
  'accepted',
  'dataSegments',
  'datagrams',
  'datagramsReceived',
  'unroutable',
] as const;

/** By how much each of them grew. Throws where one that can only grow went down: then nothing can be said. */
export function growthOf(before: OwnCounts, now: OwnCounts): Record<(typeof GROWING)[number], number> {
  const growth = {} as Record<(typeof GROWING)[number], number>;
  for (const name of GROWING) {
    growth[name] = now[name] - before[name];
    if (growth[name] < 0) throw new Error(`its own network namespace counted ${name} backwards`);
  }
  return growth;
}
