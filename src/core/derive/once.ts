import type { Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';

const DERIVED: unique symbol = Symbol('derived');

/** What was derived so far: by who derived it, and from what. */
type Derived = Map<unknown, Map<string, unknown>>;

/**
 * The same evidence, which remembers what `once` derives from it, for as long as somebody holds it. Many rules ask for the same: how
 * long processes lived, how a metric went. Neither it nor what is derived from it may be changed from then on; a changed copy
 * of it remembers nothing.
 */
export function remembering(evidence: Evidence): Evidence {
  if (derivedFrom(evidence) !== undefined) return evidence;
  return Object.defineProperty({ ...evidence }, DERIVED, { value: new Map(), enumerable: false });
}

/**
 * What a function makes of evidence: made once where the evidence remembers, else each time.
 * @param by the function itself, whose results these are
 * @param of what else it goes by, as text
 */
export function once<T>(evidence: Evidence, by: unknown, of: string, derive: () => T): T {
  const derived = derivedFrom(evidence);
  if (derived === undefined) return derive();
  const own = derived.get(by) ?? new Map<string, unknown>();
  derived.set(by, own);
  if (!own.has(of)) own.set(of, derive());
  return own.get(of) as T;
}

/** The same, made when it is first asked for. */
export function lazily<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** A span as `once` tells it from others. */
export const spanKey = ({ fromMs, toMs }: TimeSpan): string => `${fromMs}–${toMs}`;

function derivedFrom(evidence: Evidence): Derived | undefined {
  return (evidence as { [DERIVED]?: Derived })[DERIVED];
}
