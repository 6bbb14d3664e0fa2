// What the trace tells of the watchdog's own activities, as the evidence keeps them: it must have seen them.

const BASE = { target: '(watchdog)', collector: 'trace', processId: null };
const NETWORK = { ...BASE, kind: 'network', thread: 'idleproof', lifetimeSeconds: null };
/** Where it calls itself, and what it starts. */
export const PLANTED = { tcp: 57_469, udp: 57_470, process: 4711 };
const at = (port) => ({ ip: '127.0.0.1', port, process: null, target: null });
const SEEN = [
  { op: 'listen', direction: 'inbound', protocol: 'tcp', remote: null, localPort: PLANTED.tcp },
  {
    op: 'connect',
    direction: 'outbound',
    protocol: 'tcp',
    remote: at(PLANTED.tcp),
    localPort: 54_654,
    bytesSent: 1,
    lifetimeSeconds: 0.000201589,
  },
  {
    op: 'accept',
    direction: 'inbound',
    protocol: 'tcp',
    remote: at(54_654),
    localPort: PLANTED.tcp,
    bytesReceived: 1,
    lifetimeSeconds: 0.000120769,
  },
  {
    op: 'send',
    direction: 'outbound',
    protocol: 'udp',
    remote: at(PLANTED.udp),
    localPort: 54_044,
    bytesSent: 1,
  },
  { op: 'receive', direction: 'inbound', protocol: 'udp', remote: null, localPort: null, bytesReceived: 1 },
];
const CHILD = {
  ...BASE,
  kind: 'process',
  thread: null,
  exe: '/usr/bin/true',
  parentName: 'idleproof',
  exitCode: null,
};

/** What is seen of one of them by the look after it: `name`: tcp, udp or process. */
export function controlSeen(name, atMs) {
  if (name === 'process')
    return ['spawn', 'exit'].map((op, nth) => ({ ...CHILD, op, atMs: atMs + nth * 0.9472 }));
  return SEEN.filter(({ protocol }) => protocol === name).map((one, nth) => ({
    bytesSent: 0,
    bytesReceived: 0,
    ...NETWORK,
    ...one,
    atMs: atMs + nth * 0.1104,
  }));
}
