import type { NetworkActivity } from '../../../model/activity.ts';

/** linux/socket.h */
const AF_INET = 2;
const AF_INET6 = 10;
const AF_PACKET = 17;
const AF_VSOCK = 40;

/** linux/in.h; MPTCP carries TCP, UDP-Lite is UDP with less of a checksum. */
export const IPPROTO_MPTCP = 262;
const IP_PROTOCOLS: Readonly<Record<number, NetworkActivity['protocol']>> = {
  1: 'icmp',
  6: 'tcp',
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

/** The same for a socket of any family; null where it is no network (AF_UNIX, AF_NETLINK, …). */
export function socketProtocol(family: number, protocol: number): NetworkActivity['protocol'] | null {
  if (family === AF_INET || family === AF_INET6) return ipProtocol(protocol);
  if (family === AF_PACKET) return 'raw';
  return family === AF_VSOCK ? 'vsock' : null;
}
