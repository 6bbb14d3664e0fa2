import { parseKeyValues } from '../../core/parse/key-values.ts';
import { parseNetSnmp } from '../../core/parse/net-snmp.ts';
import type { Look } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { CounterReading } from '../../model/sample.ts';
import { livingFolder } from '../../os/living-folder.ts';
import type { Procfs } from '../../os/procfs.ts';

type Names = readonly [evidence: string, kernel: string][];

/** /proc/PID/net/snmp. UDP and ICMP of IPv6 move nothing in it. */
const SNMP: Names = [
  ['tcpActiveOpens', 'Tcp.ActiveOpens'],
  ['tcpPassiveOpens', 'Tcp.PassiveOpens'],
  ['tcpAttemptFails', 'Tcp.AttemptFails'],
  ['tcpOutSegs', 'Tcp.OutSegs'],
  ['tcpRetransSegs', 'Tcp.RetransSegs'],
  ['udpOutDatagrams', 'Udp.OutDatagrams'],
  ['udpInDatagrams', 'Udp.InDatagrams'],
  ['udpLiteOutDatagrams', 'UdpLite.OutDatagrams'],
  ['icmpOutMsgs', 'Icmp.OutMsgs'],
  ['ipOutRequests', 'Ip.OutRequests'],
  ['ipOutNoRoutes', 'Ip.OutNoRoutes'],
];

const SNMP6: Names = [
  ['udp6OutDatagrams', 'Udp6OutDatagrams'],
  ['udp6InDatagrams', 'Udp6InDatagrams'],
  ['udpLite6OutDatagrams', 'UdpLite6OutDatagrams'],
  ['icmp6OutMsgs', 'Icmp6OutMsgs'],
  ['ip6OutRequests', 'Ip6OutRequests'],
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
function readNamespaceCounters(procfs: Procfs, pid: number | 'self' | null): Record<string, number> | null {
  if (pid === null) return null;
  const folder = pid === 'self' ? pid : livingFolder(procfs, pid);
  const read = (file: string): string => procfs.read(`${folder}/net/${file}`) ?? '';
  const values = {
    ...pick(parseNetSnmp(read('snmp')), SNMP),
    ...pick(parseKeyValues(read('snmp6')), SNMP6),
    ...pick(parseNetSnmp(read('netstat')), NETSTAT),
    ...pick(parseKeyValues(read('sctp/snmp')), SCTP),
  };
  return Object.keys(values).length === 0 ? null : values;
}

/**
 * One reading for each namespace in which a process ran or ended; at full looks also of the watchdog's own, in which it
 * plants its controls.
 * @param concerned the processes that did
 * @param ownScope the watchdog's own namespace, which can be read when all of the target have ended
 */
export function namespaceReadings(
  procfs: Procfs,
  look: Look,
  concerned: readonly WatchedProcess[],
  ownScope: string | null,
): CounterReading[] {
  const readings: CounterReading[] = [];
  const scopes = new Set(concerned.map(({ networkScope }) => networkScope));
  if (look.full) scopes.add(ownScope);
  for (const scope of scopes) {
    if (scope === null) continue;
    const member = look.processes.find(({ networkScope }) => networkScope === scope)?.pid;
    const values = readNamespaceCounters(procfs, scope === ownScope ? 'self' : (member ?? null));
    if (values !== null) readings.push({ atMs: look.nowMs, scope, values });
  }
  return readings;
}

function pick(values: ReadonlyMap<string, number>, names: Names): Record<string, number> {
  const picked: Record<string, number> = {};
  for (const [evidence, kernel] of names) {
    const value = values.get(kernel);
    if (value !== undefined) picked[evidence] = value;
  }
  return picked;
}
