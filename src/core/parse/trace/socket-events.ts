import type { SocketAddress, TransferRecord } from '../../../model/kernel-record.ts';
import type { Decode, RecordFields, RecordHead } from './record-fields.ts';
import { AF_INET, AF_INET6, pointer48, socketAddress } from './values.ts';

type Ends = (head: RecordHead) => { local: SocketAddress; remote: SocketAddress } | undefined;

/** Both addresses of a socket: IPv4 and IPv6 have fields of their own, and the family says which are filled. */
function endsOf(fields: RecordFields): Ends {
  const family = fields.at('family', 2);
  const localPort = fields.at('sport', 2);
  const remotePort = fields.at('dport', 2);
  const local4 = fields.at('saddr', 4);
  const remote4 = fields.at('daddr', 4);
  const local6 = fields.at('saddr_v6', 16);
  const remote6 = fields.at('daddr_v6', 16);
  return ({ page, offset }) => {
    const is = page.getUint16(offset + family, true);
    if (is !== AF_INET && is !== AF_INET6) return undefined;
    const [local, remote, bytes] = is === AF_INET ? [local4, remote4, 4] : [local6, remote6, 16];
    return {
      local: socketAddress(page, offset + local, bytes, offset + localPort),
      remote: socketAddress(page, offset + remote, bytes, offset + remotePort),
    };
  };
}

/** sock/inet_sock_set_state */
export function socketState(fields: RecordFields): Decode {
  const socket = fields.at('skaddr', 8);
  const oldState = fields.at('oldstate', 4);
  const newState = fields.at('newstate', 4);
  const protocol = fields.at('protocol', 2);
  const ends = endsOf(fields);
  return (head) => {
    const { page, offset, atNs, tid, context } = head;
    const both = ends(head);
    return both === undefined
      ? undefined
      : {
          event: 'socket-state',
          atNs,
          tid,
          context,
          socket: pointer48(page, offset + socket),
          protocol: page.getUint16(offset + protocol, true),
          oldState: page.getInt32(offset + oldState, true),
          newState: page.getInt32(offset + newState, true),
          local: both.local,
          remote: both.remote,
        };
  };
}

/** tcp/tcp_rcv_space_adjust */
export function socketAddresses(fields: RecordFields): Decode {
  const socket = fields.at('skaddr', 8);
  const ends = endsOf(fields);
  return (head) => {
    const { page, offset, atNs, tid, context } = head;
    const both = ends(head);
    return both === undefined
      ? undefined
      : {
          event: 'socket-address',
          atNs,
          tid,
          context,
          socket: pointer48(page, offset + socket),
          local: both.local,
          remote: both.remote,
        };
  };
}

/** sock/sock_send_length and sock/sock_recv_length */
export function transfer(fields: RecordFields, event: TransferRecord['event']): Decode {
  const socket = fields.at('sk', 8);
  const family = fields.at('family', 2);
  const protocol = fields.at('protocol', 2);
  const result = fields.at('ret', 4);
  const flags = fields.at('flags', 4);
  return ({ page, offset, atNs, tid, context }) => ({
    event,
    atNs,
    tid,
    context,
    socket: pointer48(page, offset + socket),
    family: page.getUint16(offset + family, true),
    protocol: page.getUint16(offset + protocol, true),
    result: page.getInt32(offset + result, true),
    flags: page.getUint32(offset + flags, true),
  });
}

/** fib/fib_table_lookup (4 bytes an address) and fib6/fib6_table_lookup (16) */
export function route(fields: RecordFields, addressBytes: 4 | 16): Decode {
  const table = fields.at('tb_id', 4);
  const error = fields.at('err', 4);
  const protocol = fields.at('proto', 1);
  const remote = fields.at('dst', addressBytes);
  const localPort = fields.at('sport', 2);
  const remotePort = fields.at('dport', 2);
  return ({ page, offset, atNs, tid, context }) => ({
    event: 'route',
    atNs,
    tid,
    context,
    table: page.getUint32(offset + table, true),
    protocol: page.getUint8(offset + protocol),
    remote: socketAddress(page, offset + remote, addressBytes, offset + remotePort),
    localPort: page.getUint16(offset + localPort, true),
    error: page.getInt32(offset + error, true),
  });
}

/** syscalls/sys_enter_socket; which families are recorded is for the filter of the event to say. */
export function newSocket(): Decode {
  return ({ atNs, tid, context }) => ({ event: 'new-socket', atNs, tid, context });
}
