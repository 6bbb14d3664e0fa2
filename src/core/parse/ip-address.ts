/**
 * Address in its standard text form from network byte order: dotted for IPv4, RFC 5952 for IPv6.
 * IPv4-mapped IPv6 addresses (::ffff:1.2.3.4) are written as IPv4.
 */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return formatIpv4(bytes, 0);
  if (bytes.length !== 16) throw new Error('an IP address has 4 or 16 bytes');
  if (isMapped(bytes)) return formatIpv4(bytes, 12);
  const groups = Array.from(
    { length: 8 },
    (_, index) => (at(bytes, 2 * index) << 8) | at(bytes, 2 * index + 1),
  );
  const { start, length } = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** 127.0.0.0/8 and ::1, of an address as `formatIp` writes it. */
export function isLoopback(ip: string): boolean {
  return ip === '::1' || /^127(\.\d+){3}$/.test(ip);
}

/** 224.0.0.0/4 and ff00::/8, of an address as `formatIp` writes it. */
export function isMulticast(ip: string): boolean {
  return /^(22[4-9]|23\d)\./.test(ip) || /^ff..:/.test(ip);
}

/** 0.0.0.0 and ::. */
export function isUnspecified(ip: string): boolean {
  return ip === '0.0.0.0' || ip === '::';
}

function formatIpv4(bytes: Uint8Array, from: number): string {
  return `${bytes[from]}.${bytes[from + 1]}.${bytes[from + 2]}.${bytes[from + 3]}`;
}

function at(bytes: Uint8Array, index: number): number {
  return bytes[index] as number;
}

function isMapped(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  return best;
}
