import type { FieldValue } from '../../../model/activity.ts';
import type { Field } from '../fields.ts';
import type { TextProblem } from '../quantity.ts';
import { parseCidr, parseIp, sameNetwork } from './cidr.ts';
import { type KnownTest, onText } from './known-test.ts';
import { hasWildcard } from './pattern.ts';
import { globComparer } from './text-test.ts';
import { truthOf } from './truth.ts';

/** That it is an address, however it is written; with wildcards, that it is written so. */
export function address(field: Field, value: FieldValue): KnownTest | TextProblem {
  if (typeof value !== 'string') return { problem: `«${value}» is not an address` };
  if (hasWildcard(value)) return noPartOfAddress(value) ?? onText(field, globComparer(value, 'whole'));
  const wanted = parseIp(value);
  if (wanted === null) {
    const hint = parseCidr(value) === null ? '' : '; a network needs |cidr';
    return { problem: `«${value}» is not an address${hint}` };
  }
  return (actual) => {
    const bytes = typeof actual === 'string' ? parseIp(actual) : null;
    return truthOf(bytes !== null && sameNetwork(bytes, wanted));
  };
}

/** What is wrong with a text, with wildcards, that stands in no address, such as the name of a host. */
export function noPartOfAddress(text: string): TextProblem | null {
  if (/^[\da-f:.*?]*$/i.test(text)) return null;
  return { problem: `«${text}» never matches: addresses are numbers, such as 192.0.2.7 or 2001:db8::7` };
}

/** That it lies in a network. */
export function network(value: FieldValue): KnownTest | TextProblem {
  const cidr = typeof value === 'string' ? parseCidr(value) : null;
  if (cidr === null) return { problem: `«${value}» is not a network such as 10.0.0.0/8 or fd00::/8` };
  return (actual) => {
    const bytes = typeof actual === 'string' ? parseIp(actual) : null;
    return truthOf(bytes !== null && sameNetwork(bytes, cidr.network, cidr.bits));
  };
}
