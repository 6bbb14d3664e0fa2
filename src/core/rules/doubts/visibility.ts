import type { NetworkActivity } from '../../../model/activity.ts';
import type { Claim } from '../claim.ts';
import { couldHave } from '../conditions/could-have.ts';
import { FIELDS } from '../fields.ts';
import type { ActivityRule, ConditionMap } from '../pack.ts';
import type { Source } from './collector.ts';

type Op = NetworkActivity['op'];
type Protocol = NetworkActivity['protocol'];

/** What looking at sockets can tell; everything else is seen by a trace only. */
const SAMPLED: Partial<Record<Protocol, readonly Op[]>> = {
  tcp: ['connect', 'accept', 'send', 'receive', 'listen'],
  udp: ['connect', 'listen'],
};

/** What the portable collectors see on every platform. */
const PORTABLE: typeof SAMPLED = { tcp: ['connect', 'accept', 'listen'] };

/** A rule about what the collector never sees: that it was not seen says nothing. */
export function neverVisible(
  { rule, evidence }: Pick<Claim<ActivityRule>, 'rule' | 'evidence'>,
  { collector, tier }: Source,
): string | null {
  if (rule.activity !== 'network' || rule.match === undefined) return null;
  if (collector === 'trace' && tier === 'zero-miss') return null;
  const seen = evidence.run.collectors === 'portable' ? PORTABLE : SAMPLED;
  const unseen = [rule.match].flat().filter((map) => !isAboutKeepalives(map) && !hasRoom(map, seen));
  return unseen.length === 0 ? null : [...new Set(unseen.map(inWords))].join('; ');
}

/** They are a case of their own: whether there were any is counted, see doubts/keepalives.ts. */
function isAboutKeepalives(map: ConditionMap): boolean {
  const left = opsLeft(map);
  return left.length === 1 && left[0] === 'keepalive';
}

function opsLeft(map: ConditionMap): string[] {
  return (FIELDS.network.get('op')?.choices ?? []).filter((op) => couldHave('network', map, 'op', op));
}

function hasRoom(map: ConditionMap, seen: typeof SAMPLED): boolean {
  return Object.entries(seen).some(
    ([protocol, ops]) =>
      couldHave('network', map, 'protocol', protocol) &&
      ops.some((op) => couldHave('network', map, 'op', op)),
  );
}

/** «attempts are not seen by sampling», «sends over udp …», «activities over icmp …». */
function inWords(map: ConditionMap): string {
  const protocols = (FIELDS.network.get('protocol')?.choices ?? []).filter((value) =>
    couldHave('network', map, 'protocol', value),
  );
  const isNamed = (field: string): boolean => Object.keys(map).some((key) => key.split('|')[0] === field);
  const ops = isNamed('op')
    ? opsLeft(map)
        .filter((op) => op !== 'keepalive')
        .map((op) => `${op}s`)
    : ['activities'];
  const over = isNamed('protocol') ? ` over ${protocols.join(', ')}` : '';
  return `${ops.join(', ')}${over} are not seen by sampling`;
}
