import { parseKeyValues } from '../../core/parse/key-values.ts';
import { parseNetSnmp } from '../../core/parse/net-snmp.ts';
import type { Look } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { CounterReading } from '../../model/sample.ts';
import type { Procfs } from '../../os/procfs.ts';

type Names = readonly [evidence: string, kernel: string][];

/** /proc/PID/net/snmp. UDP and ICMP of IPv6 move nothing in it. */
const SNMP: Names = [
  ['tcpActiveOpens', 'Tcp.ActiveOpens'],
  ['tcpPassiveOpens', 'Tcp.PassiveOpens'],
  ['tcpAttemptFails', 'Tcp.AttemptFails'],
  ['tcpOutSegs', 'Tcp.OutSegs'],
  ['udpOutDatagrams', 'Udp.OutDatagrams'],
  ['udpInDatagrams', 'Udp.InDatagrams'],
  ['udpLiteOutDatagrams', 'UdpLite.OutDatagrams'],
  ['icmpOutMsgs', 'Icmp.OutMsgs'],
  ['ipOutNoRoutes', 'Ip.OutNoRoutes'],
];

const SNMP6: Names = [
  ['udp6OutDatagrams', 'Udp6OutDatagrams'],
  ['udp6InDatagrams', 'Udp6InDatagrams'],
  ['udpLite6OutDatagrams', 'UdpLite6OutDatagrams'],
  ['icmp6OutMsgs', 'Icmp6OutMsgs'],
  ['ip6OutNoRoutes', 'Ip6OutNoRoutes'],
];

/** What explains TCP segments that no process sent: the kernel's own keepalives; and data segments alone. */
const NETSTAT: Names = [
  ['tcpKeepAlives', 'TcpExt.TCPKeepAlive'],
  ['tcpDataSegsSent', 'TcpExt.TCPOrigDataSent'],
];

const SCTP: Names = [
  ['sctpActiveEstabs', 'SctpActiveEstabs'],
  ['sctpPassiveEstabs', 'SctpPassiveEstabs'],
  ['sctpOutPackets', 'SctpOutSCTPPacks'],
];

/**
 * The cumulative counters of a network namespace, read through one of its processes. A counter that the kernel does
 * not tell is left out. Null when nothing can be read: the process is gone.
 */
export function readNamespaceCounters(procfs: Procfs, pid: number): Record<string, number> | null {
  const read = (file: string): string => procfs.read(`${pid}/net/${file}`) ?? '';
  const values = {
    ...pick(parseNetSnmp(read('snmp')), SNMP),
    ...pick(parseKeyValues(read('snmp6')), SNMP6),
    ...pick(parseNetSnmp(read('netstat')), NETSTAT),
    ...pick(parseKeyValues(read('sctp/snmp')), SCTP),
  };
  return Object.keys(values).length === 0 ? null : values;
}

/** One reading for each namespace that these processes are in. */
export function namespaceReadings(
  procfs: Procfs,
  look: Look,
  processes: readonly WatchedProcess[],
): CounterReading[] {
  const readings = new Map<string, CounterReading>();
  for (const { pid, networkScope: scope } of processes) {
    if (scope === null || readings.has(scope)) continue;
    const values = readNamespaceCounters(procfs, pid);
    if (values !== null) readings.set(scope, { atMs: look.nowMs, scope, values });
  }
  return [...readings.values()];
}

function pick(values: ReadonlyMap<string, number>, names: Names): Record<string, number> {
  const picked: Record<string, number> = {};
  for (const [evidence, kernel] of names) {
    const value = values.get(kernel);
    if (value !== undefined) picked[evidence] = value;
  }
  return picked;
}
