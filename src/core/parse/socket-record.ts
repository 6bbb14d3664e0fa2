export type SocketProtocol = 'tcp' | 'udp';

export interface SocketEnd {
  /** As `formatIp` writes it. */
  ip: string;
  port: number;
}

/** State numbers of the kernel's net/tcp_states.h. UDP uses ESTABLISHED for connected and CLOSE for others. */
export const TCP_STATE = {
  established: 1,
  synSent: 2,
  synReceived: 3,
  finWait1: 4,
  finWait2: 5,
  timeWait: 6,
  close: 7,
  closeWait: 8,
  lastAck: 9,
  listen: 10,
  closing: 11,
  newSynReceived: 12,
} as const;

/** What tcp_info tells of a connection; see the kernel's linux/tcp.h. */
export interface TcpTraffic {
  /** Payload bytes that the process sent since the connection was opened, each counted once. */
  sentBytes: number;
  /** Of these, bytes that have not left yet: the peer, or a limit of speed, keeps them waiting. Left out on kernels before 4.19. */
  waitingBytes?: number;
  receivedBytes: number;
  /** Milliseconds since payload was last sent and received, or since the connection was opened. */
  sinceSentMs: number;
  sinceReceivedMs: number;
  /** Left out on kernels before 4.6. */
  segments?: TcpSegments;
}

/** How many segments went over a connection, data or not; what the kernel sends by itself shows in them alone. */
export interface TcpSegments {
  sent: number;
  /** Those with payload, sent and received, repeated ones included. */
  withData: number;
  /** Milliseconds since the peer acknowledged something. */
  sinceAcknowledgedMs: number;
  /** Probes, of keepalive or of a window that is closed, which the peer has not answered so far. */
  unanswered: number;
  /** Milliseconds until the kernel looks whether to send a keepalive; null where its timer is set for something else, or not. */
  keepaliveInMs: number | null;
}

/** One row of a socket table, whichever way it was read. */
export interface SocketRecord {
  protocol: SocketProtocol;
  state: number;
  local: SocketEnd;
  remote: SocketEnd;
  /** 0 where no process holds it: not accepted yet, or closed and lingering. */
  inode: number;
  /** Null where the source does not tell: /proc/net/tcp, UDP, a listening socket. */
  traffic: TcpTraffic | null;
}
