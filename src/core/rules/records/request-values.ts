import type { AppRecord } from '../../derive/app-record.ts';
import type { RecordKind, RequestRecords } from '../../../model/derived-metric.ts';
import type { Evidence, Window } from '../../../model/evidence.ts';
import {
  allRecords,
  exactMs,
  fieldOf,
  idOf,
  isOf,
  nameOf,
  placeOf,
  type RecordValues,
  recordsIn,
  wasEverSeen,
} from './records.ts';

/** The records of one id that lie in a request, in order of time. */
export interface RequestLife {
  id: string;
  start: AppRecord;
  firstTokens: AppRecord[];
  end: AppRecord | null;
}

type Counted = NonNullable<RecordValues['counted']>[number];

interface Lives {
  /** Of requests that started in the window. */
  lives: RequestLife[];
  /** Records in the window whose id nothing had started. */
  unknown: Counted[];
  missing: string | null;
}

/**
 * One part of the life of the requests that started in a window: `ttft`, `total`, `tokens`, `tokensPerSecond` of each one that ended;
 * how many were `unfinished` as far as anybody looked, how many records had an `unknown` id, and how many first tokens were `repeated`.
 */
export function requestValues(
  evidence: Evidence,
  target: string,
  window: Window,
  requests: RequestRecords,
  part: string,
): RecordValues {
  const { lives, unknown, missing } = livesIn(evidence, target, window, requests);
  const count = (counted: readonly Counted[]): RecordValues => {
    const isSeen = wasEverSeen(evidence, target, requests.start);
    const never = isSeen ? missing : `a record ${nameOf(requests.start)} was never seen`;
    return { values: [{ atMs: window.toMs, value: counted.length }], missing: never, counted };
  };
  switch (part) {
    case 'unfinished':
      return count(lives.flatMap(({ id, start, end }) => (end === null ? [{ id, atMs: start.atMs }] : [])));
    case 'unknown':
      return count(unknown);
    case 'repeated':
      return count(
        lives.flatMap(({ id, firstTokens }) => firstTokens.slice(1).map(({ atMs }) => ({ id, atMs }))),
      );
    default: {
      const values: RecordValues['values'] = [];
      let why = missing;
      for (const life of lives) {
        const value = valueOf(life, requests, part);
        if (typeof value === 'string') why ??= value;
        else if (value !== null) values.push({ atMs: life.start.atMs, value });
      }
      return { values, missing: why };
    }
  }
}

/** null: the request has no such part; a text: why it is not known. */
function valueOf(
  { start, firstTokens, end }: RequestLife,
  requests: RequestRecords,
  part: string,
): number | string | null {
  const [firstToken] = firstTokens;
  if (part === 'ttft') return firstToken === undefined ? null : secondsBetween(start, firstToken);
  if (end === null) return null;
  if (part === 'total') return secondsBetween(start, end);
  if (requests.tokens === undefined) return 'the configuration does not say which field holds the tokens';
  const tokens = fieldOf(end, requests.tokens);
  if (typeof tokens !== 'number') return `${requests.tokens} of a request is not known as a number`;
  if (part === 'tokens') return tokens;
  const seconds = secondsBetween(firstToken ?? start, end);
  if (typeof seconds === 'string') return seconds;
  return seconds > 0 ? tokens / seconds : null;
}

function secondsBetween(from: AppRecord, to: AppRecord): number | string {
  const [fromMs, toMs] = [exactMs(from), exactMs(to)];
  return fromMs === null || toMs === null
    ? 'the time of a record is known to a look only'
    : (toMs - fromMs) / 1000;
}

/** The requests of a window, from their records in it and after it. */
export function livesIn(
  evidence: Evidence,
  target: string,
  window: Window,
  { by, start, firstToken, end }: RequestRecords,
): Lives {
  const kinds = [start, end, ...(firstToken === undefined ? [] : [firstToken])];
  const places = [...new Set(kinds.map(placeOf))];
  const own = new Set(places.flatMap((place) => recordsIn(evidence, target, window, place)));
  const open = new Map<string, RequestLife>();
  const lives: RequestLife[] = [];
  const unknown: Counted[] = [];
  let missing: string | null = null;
  for (const { record, kind } of recordsOf(evidence, target, kinds)) {
    const id = idOf(record, by);
    const isOwn = own.has(record);
    if (id === null) {
      if (isOwn) missing ??= `a record ${nameOf(kind)} has no ${by} that is known`;
      continue;
    }
    const life = open.get(id);
    if (kind === start) {
      const begun: RequestLife = { id, start: record, firstTokens: [], end: null };
      open.set(id, begun);
      if (isOwn) lives.push(begun);
    } else if (life === undefined) {
      if (isOwn) unknown.push({ id, atMs: record.atMs });
    } else if (kind === end) {
      life.end = record;
      open.delete(id);
    } else life.firstTokens.push(record);
  }
  return { lives, unknown, missing };
}

/** In order of time; of one time the start comes first. */
function recordsOf(
  evidence: Evidence,
  target: string,
  kinds: readonly RecordKind[],
): { record: AppRecord; kind: RecordKind }[] {
  const places = [...new Set(kinds.map(placeOf))];
  const found = places.flatMap((place) =>
    allRecords(evidence, target, place).flatMap((record) => {
      const kind = kinds.find((one) => isOf(record, one));
      return kind === undefined
        ? []
        : [{ record, kind, rank: kind === kinds[0] ? 0 : kind === kinds[1] ? 2 : 1 }];
    }),
  );
  return found.sort((a, b) => a.record.atMs - b.record.atMs || a.rank - b.rank);
}
