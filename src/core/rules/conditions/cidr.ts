/** An address as bytes: 4 or 16 of them. */
export type IpBytes = readonly number[];

const MAPPED: IpBytes = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255];

/** Parses an IPv4 or IPv6 address; an IPv4-mapped IPv6 one becomes IPv4, a zone (`%eth0`) is left out. */
export function parseIp(text: string): IpBytes | null {
  const bytes = text.includes(':') ? parseIpv6(text.replace(/%.*$/, '')) : parseIpv4(text);
  return bytes?.length === 16 && MAPPED.every((byte, index) => bytes[index] === byte)
    ? bytes.slice(12)
    : bytes;
}

/** An address of so many bytes as text; an IPv6 one with all of its groups. */
export function formatIp(bytes: IpBytes): string {
  if (bytes.length === 4) return bytes.join('.');
  const group = (index: number): string =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16);
  return Array.from({ length: 8 }, (_, index) => group(index)).join(':');
}

/** Whether two addresses, or an address and a network of `bits`, agree. */
export function sameNetwork(one: IpBytes, other: IpBytes, bits: number = one.length * 8): boolean {
  if (one.length !== other.length) return false;
  return one.every((byte, index) => {
    const relevant = Math.min(8, Math.max(0, bits - index * 8));
    return byte >> (8 - relevant) === (other[index] ?? 0) >> (8 - relevant);
  });
}

/** `10.0.0.0/8`, `::1/128`, or a bare address, which is a network of one. */
export function parseCidr(text: string): { network: IpBytes; bits: number } | null {
  const [address = '', length, ...rest] = text.split('/');
  const network = parseIp(address);
  if (network === null || rest.length > 0) return null;
  if (length === undefined) return { network, bits: network.length * 8 };
  if (!/^\d{1,3}$/.test(length)) return null;
  const shortened = address.includes(':') && network.length === 4 ? 96 : 0;
  const bits = Number(length) - shortened;
  return bits >= 0 && bits <= network.length * 8 ? { network, bits } : null;
}

function parseIpv4(text: string): number[] | null {
  const parts = text.split('.');
  const isValid =
    parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return isValid ? parts.map(Number) : null;
}

function parseIpv6(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => groups(half));
  if (head === null || head === undefined || tail === null) return null;
  if (tail === undefined) return head.length === 16 ? head : null;
  const zeros = 16 - head.length - tail.length;
  return zeros >= 2 ? [...head, ...Array.from({ length: zeros }, () => 0), ...tail] : null;
}

/** Groups of 16 bits as bytes; the last one may be an IPv4 address. */
function groups(text: string): number[] | null {
  if (text === '') return [];
  const bytes: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.') && index === parts.length - 1) {
      const ipv4 = parseIpv4(part);
      if (ipv4 === null) return null;
      bytes.push(...ipv4);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
      const value = Number.parseInt(part, 16);
      bytes.push(value >> 8, value & 255);
    } else return null;
  }
  return bytes;
}
