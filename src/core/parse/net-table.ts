import { formatIp } from './ip-address.ts';
import type { SocketEnd, SocketProtocol, SocketRecord } from './socket-record.ts';

/** Column of the inode in the tables of /proc/PID/net; see proc_pid_net(5). */
export const INODE_COLUMN = { raw: 9, raw6: 9, icmp: 9, icmp6: 9, netlink: 9, packet: 8, unix: 6 } as const;

const ROW =
  /^\s*\d+: ([\dA-F]{8}|[\dA-F]{32}):([\dA-F]{4}) ([\dA-F]{8}|[\dA-F]{32}):([\dA-F]{4}) ([\dA-F]{2}) \S+ \S+ \S+\s+\d+\s+\d+ (\d{1,15})(?: |$)/;

/** Parses /proc/PID/net/{tcp,tcp6,udp,udp6}. Rows of another form (the header, an unfinished line) are left out. */
export function parseNetTable(text: string, protocol: SocketProtocol): SocketRecord[] {
  const records: SocketRecord[] = [];
  for (const line of text.split('\n')) {
    const row = ROW.exec(line);
    if (row === null) continue;
    const [, localIp, localPort, remoteIp, remotePort, state, inode] = row as unknown as string[];
    records.push({
      protocol,
      state: Number.parseInt(state as string, 16),
      local: endOf(localIp as string, localPort as string),
      remote: endOf(remoteIp as string, remotePort as string),
      inode: Number(inode),
      traffic: null,
    });
  }
  return records;
}

/** Inodes of a table of /proc/PID/net with one socket a line, in the given blank-separated column. */
export function parseInodes(text: string, column: number): number[] {
  const inodes: number[] = [];
  for (const line of text.split('\n').slice(1)) {
    const word = line.trim().split(/\s+/)[column];
    if (word !== undefined && /^\d{1,15}$/.test(word)) inodes.push(Number(word));
  }
  return inodes;
}

/** Addresses are written as 32-bit words in the machine's byte order, which is little-endian wherever Node runs on Linux but s390x. */
function endOf(ip: string, port: string): SocketEnd {
  const bytes = new Uint8Array(ip.length / 2);
  for (let index = 0; index < bytes.length; index += 1) {
    const inWord = (index & ~3) | (3 - (index & 3));
    bytes[index] = Number.parseInt(ip.slice(2 * inWord, 2 * inWord + 2), 16);
  }
  return { ip: formatIp(bytes), port: Number.parseInt(port, 16) };
}
