import { isLoopback } from './ip-address.ts';

/** Where to listen, on this machine only. */
export interface LoopbackAddress {
  host: string;
  port: number;
}

const ADDRESS = /^(?:\[(?<six>[^\]]+)\]|(?<four>[^:]+)):(?<port>\d{1,5})$/;

/**
 * `127.0.0.1:9477`, `[::1]:9477`, `localhost:9477` (taken for 127.0.0.1 without asking anybody). Anything that others could
 * reach is a problem, in words.
 */
export function parseLoopbackAddress(text: string): LoopbackAddress | { problem: string } {
  const { six, four, port: digits } = ADDRESS.exec(text.trim())?.groups ?? {};
  if (digits === undefined) return { problem: 'it is not an address and a port, such as 127.0.0.1:9477' };
  const port = Number(digits);
  if (port < 1 || port > 65_535) return { problem: 'a port is a number from 1 to 65535' };
  if (six !== undefined) {
    return six === '::1' ? { host: six, port } : { problem: `[${six}] is not the loopback address [::1]` };
  }
  const host = four === 'localhost' ? '127.0.0.1' : (four ?? '');
  const isValid =
    isLoopback(host) && host.split('.').every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
  return isValid ? { host, port } : { problem: `${host} is not a loopback address (127.0.0.1, [::1])` };
}
