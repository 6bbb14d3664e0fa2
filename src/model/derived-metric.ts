/** Rows or lines that the app writes: lines of a category, or rows of a type. */
export type RecordKind = { log: string } | { event: string };

/** What one side of a ratio adds up. */
export type Amount =
  /** How many there were; with `distinct` how many values this field of theirs had. */
  | (RecordKind & { distinct?: string | undefined })
  /** The sum of a metric of log lines. */
  | { metric: string };

/**
 * A metric that follows from what the app writes down in a window.
 * - `ratio`: the first amount by the second.
 * - `chain`: the share of ids (field `by`) with a record `from` of which a record `to` came afterwards.
 * - `requests`: the life of each request, told by its id (field `by`).
 */
export type DerivedMetric =
  | { ratio: readonly [Amount, Amount] }
  | { chain: { by: string; from: RecordKind; to: RecordKind } }
  | { requests: RequestRecords };

/** Which records tell of a request; those that are left out are not written. */
export interface RequestRecords {
  /** Name of the field that holds the request's id. */
  by: string;
  start: RecordKind;
  firstToken?: RecordKind | undefined;
  end: RecordKind;
  /** Name of the field of `end` that holds the number of tokens. */
  tokens?: string | undefined;
}
