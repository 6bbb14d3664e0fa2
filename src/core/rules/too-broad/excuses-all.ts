import type { Activity, ActivityKind } from '../../../model/activity.ts';
import { sortsFor, tellsSorts } from '../conditions/contradictions.ts';
import type { Field } from '../fields.ts';
import { type Branch, branchesOf } from '../match.ts';
import type { ActivityRule, Exception } from '../pack.ts';
import type { Watched } from '../strangers.ts';
import { canCover } from './can-cover.ts';
import { isGoneForGood, momentsIn } from './moments.ts';
import {
  hasEphemeralPort,
  ordinarySorts,
  whyNothingOrdinary,
  withEphemeralPorts,
} from './ordinary-network.ts';
import { type Probe, probeOf, probesOf } from './probe-values.ts';

/** What a run watches, as far as it is known here. */
type Places = Pick<Watched, 'targets' | 'tables' | 'logs'>;

const UNKNOWN_PLACES: Places = { targets: [], tables: [], logs: [] };

/** An exception that leaves a rule nothing together with those before it. */
export interface TakesAll {
  index: number;
  /** Why that is all, where it is no more than what apps ordinarily do; else empty. */
  why: string;
}

/**
 * The exception with which nothing is left that a rule could find, so that it passes whatever happens; null: something is. Looked for
 * is an activity that the rule admits and no exception excuses, among probes that stand for all that there ordinarily are: of every sort, and with
 * values of each kind and at each limit in the fields that the exceptions are about. An exception that is for so many only (`maxCount`)
 * leaves the rest. What cannot be decided is taken for narrower.
 */
export function whereAllIsExcused(
  rule: ActivityRule,
  exceptions: readonly Exception[],
  watched: Places = UNKNOWN_PLACES,
): TakesAll | null {
  if (exceptions.length === 0) return null;
  const asked = branchesOf(rule.activity, rule.match);
  const allowed = exceptions.map(({ match, maxCount }) =>
    maxCount === undefined ? branchesOf(rule.activity, match) : [],
  );
  if (asked.length === 0) return null;
  const places = placesOf(rule, watched);
  const isAll = (count: number, scope: Scope = 'ordinary'): boolean => {
    const branches = allowed.slice(0, count).flat();
    const question = { kind: rule.activity, allowed: branches, names: places, scope };
    return branches.length > 0 && asked.every((branch) => isExcused(branch, question));
  };
  // Nearly always something is left.
  if (!isAll(allowed.length)) return null;
  const index = firstWhere(allowed.length, (at) => isAll(at + 1));
  if (isAll(index + 1, 'whatever')) return { index, why: '' };
  const taking = allowed.slice(0, index + 1).flat(2);
  return { index, why: whyNothingOrdinary(new Set(taking.map(({ field }) => field.name))) };
}

/** The first index for which something holds that holds from then on, and for the last one. */
function firstWhere(length: number, holds: (index: number) => boolean): number {
  let [from, to] = [0, length - 1];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return to;
}

/** The names that fields can have, where those are known. */
type Names = Readonly<Record<string, readonly string[]>>;

function placesOf({ activity, target }: ActivityRule, { targets, tables, logs }: Places): Names {
  return {
    target: target === undefined ? targets : [target],
    ...(activity === 'event' ? { source: tables } : {}),
    ...(activity === 'log' ? { source: logs } : {}),
  };
}

/** IPv4 and IPv6, or paths of Unix and Windows: an app has mostly one of them. */
const FAMILIES = [0, 1];

/** What is looked for: protocols and ports that an app ordinarily has, or also those that hardly any has. */
type Scope = 'ordinary' | 'whatever';

interface Question {
  kind: ActivityKind;
  allowed: readonly Branch[];
  names: Names;
  scope: Scope;
}

function isExcused(asked: Branch, { kind, allowed, names, scope }: Question): boolean {
  const all = sortsFor(kind, asked)?.filter((sort) => !isImpossible(sort)) ?? [null];
  if (all.length === 0) return false;
  const sorts = scope === 'ordinary' ? ordinarySorts(all, asked) : all;
  const isEphemeral = (sort: Activity | null): boolean => scope === 'ordinary' && hasEphemeralPort(sort);
  const alike = [
    { hasEphemeral: true, own: sorts.filter(isEphemeral) },
    { hasEphemeral: false, own: sorts.filter((sort) => !isEphemeral(sort)) },
  ];
  const moments = momentsIn(asked, allowed);
  const isGone = (family: number, atMost: number): boolean => {
    const probed = alike.flatMap(({ hasEphemeral, own }) => {
      if (own.length === 0) return [];
      const misses = missesOf(asked, allowed, { names, family, atMost, hasEphemeral });
      return own.map((sort) => ({ sort, misses }));
    });
    return isGoneForGood(
      moments.map((atMs) => ({
        atMs,
        isLeft: probed.some(({ sort, misses }) => isLeft(allowed, misses, [sort, atMs])),
      })),
    );
  };
  // A few probes of each field find nearly always what is left.
  return FAMILIES.some((family) => isGone(family, FEW_PROBES) && isGone(family, Infinity));
}

const FEW_PROBES = 12;
/** As many questions take a part of a second; of lists that are that long it is not asked. */
const MOST_QUESTIONS = 250_000;

/** Whoever listens waits for others. */
const isImpossible = (sort: Activity): boolean =>
  sort.kind === 'network' && sort.op === 'listen' && sort.direction === 'outbound';

/** Of each field that exceptions are about, but the time: which of these, as bits of a number, do not excuse each probe of it. */
type Misses = ReadonlyMap<Field, readonly bigint[]>;

interface Probing {
  names: Names;
  family: number;
  /** Of each field. */
  atMost: number;
  /** Whether the system chooses the port of this end. */
  hasEphemeral: boolean;
}

/** Of a field that has too many probes to ask them all: none. */
function missesOf(
  asked: Branch,
  allowed: readonly Branch[],
  { names, family, atMost, hasEphemeral }: Probing,
): Misses {
  const fields = new Map(allowed.flat().map(({ field }) => [field.name, field]));
  fields.delete('at');
  return new Map(
    [...fields].map(([name, field]) => {
      const about = (branch: Branch): Branch => branch.filter((one) => one.field.name === name);
      const own = { asked: about(asked), allowed: about(allowed.flat()) };
      const known = names[name] ?? [];
      const probes =
        known.length === 0
          ? probesOf(hasEphemeral ? withEphemeralPorts(field, asked, family) : field, own, family)
          : known.map(probeOf).filter((probe) => own.asked.every(probe));
      const some = probes.slice(0, atMost);
      const isTooMuch = some.length * allowed.length > MOST_QUESTIONS;
      return [field, isTooMuch ? [] : [...new Set(some.map((probe) => missedBy(allowed, name, probe)))]];
    }),
  );
}

/** The exceptions that ask of a field what it is not. */
function missedBy(allowed: readonly Branch[], name: string, probe: Probe): bigint {
  return allowed.reduce((missed, branch, index) => {
    const isMissed = branch.some((one) => one.field.name === name && !probe(one));
    return isMissed ? missed | (1n << BigInt(index)) : missed;
  }, 0n);
}

/** Whether some activity of a sort, at a time, is excused by none. */
function isLeft(
  allowed: readonly Branch[],
  misses: Misses,
  [sort, atMs]: readonly [Activity | null, number],
): boolean {
  const lists = [...misses].map(([field, free]) => {
    const told = sort === null || !tellsSorts({ field }) ? undefined : field.get(sort, null);
    return told === undefined ? free : [missedBy(allowed, field.name, probeOf(told))];
  });
  // What the rule is about is nothing that is known here, or more than can be asked.
  if (lists.some((list) => list.length === 0)) return true;
  return canCover([...lists, [missedBy(allowed, 'at', probeOf(atMs))]], (1n << BigInt(allowed.length)) - 1n);
}
