import type { FieldValue } from '../../../model/activity.ts';
import type { WatchedProcess } from '../../../model/process.ts';

/** `any`: a column of the app's own, whose type is known only from its values. */
export type FieldType = 'text' | 'number' | 'ip' | 'time' | 'choice' | 'any';

/** What is recorded of a field: null where there is no such thing, undefined where it is not known. */
export type FieldReading = FieldValue | undefined;

/** What a number can be. */
export interface NumberRange {
  least: number;
  most: number;
  isWhole: boolean;
}

/** Whole numbers between two limits. */
export const whole = (least: number, most: number = Number.POSITIVE_INFINITY): NumberRange => ({
  least,
  most,
  isWhole: true,
});

/** How all texts of a field begin, so that one that is written otherwise never occurs. */
export interface Form {
  /** Of what a rule asks for; wildcards in it are allowed for. */
  pattern: RegExp;
  /** Of the first character of a value; left out: it may be any. */
  beginning?: RegExp;
  problem: string;
}

/** A field of an activity: what it holds, and how it is read. */
export type FieldRow<A> = FieldTraits & (OfActivity<A> | OfActor);

interface OfActivity<A> {
  get: (activity: A) => FieldReading;
}

/** Read from who acted; null: nobody knows. */
interface OfActor {
  getOfActor: (actor: WatchedProcess | null) => FieldReading;
}

interface FieldTraits {
  type: FieldType;
  choices?: readonly string[];
  about: string;
  maxBytes?: number;
  range?: NumberRange;
  form?: Form;
  isAlwaysKnown?: boolean;
  surePart?: (text: string) => string | null;
  keptPart?: (text: string) => string | null;
}

/** Of what is recorded with every activity of a kind. */
export const neverLeftOut = (): boolean => false;
