/** What a counter of a network namespace counts, when one of the target's processes may have moved it. */
export interface CounterMeaning {
  what: string;
  /**
   * `opened` and `accepted` are explained by the connections that were seen; `sent` and `received` by nothing;
   * `ignored` says nothing that the sockets do not.
   */
  side: 'opened' | 'accepted' | 'sent' | 'received' | 'ignored';
}

/**
 * The counters that decide what sampling may claim, from /proc/PID/net/snmp, snmp6 and their like. TCP segments alone are
 * explained by connections that stay open: their bytes are read from the sockets.
 */
const MEANINGS: Record<string, CounterMeaning> = {
  tcpActiveOpens: { what: 'connection', side: 'opened' },
  tcpPassiveOpens: { what: 'accepted connection', side: 'accepted' },
  tcpOutSegs: { what: 'TCP segment', side: 'ignored' },
  tcpRetransSegs: { what: 'repeated TCP segment', side: 'ignored' },
  ipOutRequests: { what: 'IP packet', side: 'ignored' },
  ip6OutRequests: { what: 'IPv6 packet', side: 'ignored' },
  udpOutDatagrams: { what: 'datagram', side: 'sent' },
  udp6OutDatagrams: { what: 'IPv6 datagram', side: 'sent' },
  udpLiteOutDatagrams: { what: 'UDP-Lite datagram', side: 'sent' },
  udpLite6OutDatagrams: { what: 'IPv6 UDP-Lite datagram', side: 'sent' },
  icmpOutMsgs: { what: 'ICMP message', side: 'sent' },
  icmp6OutMsgs: { what: 'ICMPv6 message', side: 'sent' },
  ipOutNoRoutes: { what: 'packet without a route', side: 'sent' },
  ip6OutNoRoutes: { what: 'IPv6 packet without a route', side: 'sent' },
  udpInDatagrams: { what: 'received datagram', side: 'received' },
  udp6InDatagrams: { what: 'received IPv6 datagram', side: 'received' },
  sctpActiveEstabs: { what: 'SCTP association', side: 'sent' },
  sctpPassiveEstabs: { what: 'accepted SCTP association', side: 'received' },
  sctpOutPackets: { what: 'SCTP packet', side: 'sent' },
};

/** A counter that this version does not know but that counts something outgoing is taken as something sent. */
export function meaningOf(counter: string): CounterMeaning {
  const known = MEANINGS[counter];
  if (known !== undefined) return known;
  if (/passive/i.test(counter)) return { what: counter, side: 'received' };
  return { what: counter, side: /out|active|init/i.test(counter) ? 'sent' : 'ignored' };
}

/** Without these a reading says nothing about who may have called out. */
export const REQUIRED_COUNTERS: readonly string[] = [
  'tcpActiveOpens',
  'tcpPassiveOpens',
  'tcpOutSegs',
  'udpOutDatagrams',
  'ipOutRequests',
];

/** All packets that a namespace handed to IP, and those that a protocol with counters of its own accounts for. */
const IP_PACKETS: readonly string[] = ['ipOutRequests', 'ip6OutRequests'];
const KNOWN_PACKETS: readonly string[] = [
  'tcpOutSegs',
  'tcpRetransSegs',
  'udpOutDatagrams',
  'udp6OutDatagrams',
  'udpLiteOutDatagrams',
  'udpLite6OutDatagrams',
  'icmpOutMsgs',
  'icmp6OutMsgs',
  'sctpOutPackets',
];

/**
 * IP packets that no known protocol accounts for: those of raw sockets. Negative when the kernel handed several TCP segments to IP
 * as one packet (segmentation offload), which could hide as many.
 */
export function unexplainedPackets(deltas: Readonly<Record<string, number>>): number {
  const sum = (names: readonly string[]): number =>
    names.reduce((total, name) => total + (deltas[name] ?? 0), 0);
  return sum(IP_PACKETS) - sum(KNOWN_PACKETS);
}
