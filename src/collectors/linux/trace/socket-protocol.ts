import type { NetworkActivity } from '../../../model/activity.ts';

/** linux/socket.h */
const AF_INET = 2;
const AF_INET6 = 10;
const AF_VSOCK = 40;
/** They stay on this host: AF_UNIX, AF_KEY, AF_NETLINK, AF_ALG. */
const LOCAL_FAMILIES: ReadonlySet<number> = new Set([1, 15, 16, 38]);

export const IPPROTO_TCP = 6;
/** linux/in.h; MPTCP carries TCP, UDP-Lite is UDP with less of a checksum. */
export const IPPROTO_MPTCP = 262;
const IP_PROTOCOLS: Readonly<Record<number, NetworkActivity['protocol']>> = {
  1: 'icmp',
  [IPPROTO_TCP]: 'tcp',
  17: 'udp',
  58: 'icmp',
  132: 'sctp',
  136: 'udp',
  [IPPROTO_MPTCP]: 'tcp',
};

/** What an IP protocol number is called in activities. */
export function ipProtocol(protocol: number): NetworkActivity['protocol'] {
  return IP_PROTOCOLS[protocol] ?? 'raw';
}

/**
 * The same for a socket of any family; null where it is no network (AF_UNIX, AF_NETLINK, …). Every other family leaves the host
 * in packets of its own kind: AF_PACKET, AF_XDP, AF_BLUETOOTH, AF_CAN, AF_TIPC, …
 */
export function socketProtocol(family: number, protocol: number): NetworkActivity['protocol'] | null {
  if (family === AF_INET || family === AF_INET6) return ipProtocol(protocol);
  if (family === AF_VSOCK) return 'vsock';
  return LOCAL_FAMILIES.has(family) ? null : 'raw';
}
