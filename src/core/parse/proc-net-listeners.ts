/** A socket that waits for others to come: a listening TCP socket, or a UDP socket that is bound and not connected. */
export interface Listener {
  port: number;
  inode: number;
  /** Effective user id of the socket's creator. */
  uid: number;
}

/** Socket states of the kernel's net/tcp_states.h; an unconnected UDP socket is in TCP_CLOSE. */
const TCP_LISTEN = '0A';
const TCP_CLOSE = '07';

/** Picks the listeners out of /proc/net/{tcp,tcp6,udp,udp6}; see proc_pid_net(5). Lines that do not fit are passed over. */
export function parseListeners(text: string, protocol: 'tcp' | 'udp'): Listener[] {
  const wanted = protocol === 'tcp' ? TCP_LISTEN : TCP_CLOSE;
  const listeners: Listener[] = [];
  for (const line of text.split('\n').slice(1)) {
    const [, local = '', , state, , , , uid, , inode] = line.trim().split(/\s+/u);
    if (state !== wanted || !isWhole(uid) || !isWhole(inode)) continue;
    const port = Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16);
    if (port > 0 && Number(inode) > 0) listeners.push({ port, inode: Number(inode), uid: Number(uid) });
  }
  return listeners;
}

/** Whether a column is there and holds a whole number. */
const isWhole = (word: string | undefined): boolean => word !== undefined && /^\d{1,15}$/u.test(word);
