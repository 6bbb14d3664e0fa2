import type { Activity } from '../../../model/activity.ts';
import type { Condition } from '../conditions/condition.ts';
import type { Field } from '../fields.ts';

const PORT = 'local.port';
const PROTOCOL = 'protocol';

/** What apps talk over. The others are there, and hardly any app has them. */
const PROTOCOLS: ReadonlySet<string> = new Set(['tcp', 'udp']);

/**
 * The ports that the system gives to a socket that opens a connection: of Linux (ip(7), ip_local_port_range), and those of RFC 6335, section 6, which
 * macOS and Windows have.
 */
const EPHEMERAL = [
  { least: 32_768, most: 60_999, isWhole: true },
  { least: 49_152, most: 65_535, isWhole: true },
] as const;

/** Whether a rule itself says which values of a field it is about, so that none of them is too rare. */
const tells = (asked: readonly Condition[], name: string): boolean =>
  asked.some(({ field, comparison }) => field.name === name && comparison !== 'exists');

/** Of sorts of activity those that apps ordinarily have; all of them where a rule is about the protocol, or about no others. */
export function ordinarySorts(
  sorts: readonly (Activity | null)[],
  asked: readonly Condition[],
): readonly (Activity | null)[] {
  if (tells(asked, PROTOCOL)) return sorts;
  const ordinary = sorts.filter((sort) => sort?.kind !== 'network' || PROTOCOLS.has(sort.protocol));
  return ordinary.length > 0 ? ordinary : sorts;
}

/** Whether the system chooses the port of this end: whoever opens a connection seldom asks for one. */
export const hasEphemeralPort = (sort: Activity | null): boolean =>
  sort?.kind === 'network' && sort.direction === 'outbound';

/** A field with the values that it ordinarily has where the system chooses the port. @param family which of those ranges */
export function withEphemeralPorts(field: Field, asked: readonly Condition[], family: number): Field {
  const range = EPHEMERAL[family] ?? EPHEMERAL[0];
  return field.name === PORT && !tells(asked, PORT) ? { ...field, range } : field;
}

const WHY: Readonly<Record<string, string>> = {
  [PORT]:
    'an outbound socket has whatever local port the system gives it (mostly 32768 to 60999), so say where it goes: remote.ip, remote.port',
  [PROTOCOL]:
    'hardly any app has other protocols than tcp and udp; a rule that is meant for those names them in its match',
};

/** Why exceptions that are about these fields leave nothing that an app ordinarily has. */
export const whyNothingOrdinary = (names: ReadonlySet<string>): string =>
  Object.entries(WHY)
    .filter(([name]) => names.has(name))
    .map(([, why]) => `; ${why}`)
    .join('');
