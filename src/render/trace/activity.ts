import type { Activity, FieldValue, NetworkActivity } from '../../model/activity.ts';
import { toldSpan } from '../../core/derive/told-span.ts';
import { type AppRecord, isAppRecord } from '../../core/derive/app-record.ts';
import { exactMs } from '../../core/rules/records/records.ts';
import type { Slice, TraceProcess } from './tracks.ts';

/** Draws one activity: a connection whose life is known, and a line that says how long something took, as a slice, everything else as an instant. */
export function drawActivity(process: TraceProcess, activity: Activity, tickMs: number): void {
  if (isAppRecord(activity) && drawTold(process, activity, tickMs)) return;
  const { atMs, collector, thread } = activity;
  const row = `${activity.kind}${thread === null ? '' : `, thread ${thread}`}`;
  const args = { collector, ...argsOf(activity) };
  const name = titleOf(activity);
  const lifeMs = activity.kind === 'network' ? (activity.lifetimeSeconds ?? 0) * 1000 : 0;
  if (lifeMs > 0) {
    const slice = { name, category: activity.kind, fromMs: atMs, toMs: atMs + lifeMs, args };
    process.slice('connections', slice);
  } else {
    process.instant(row, atMs, name, activity.kind, args);
  }
}

/**
 * What a line says to have taken. Its time is the end, as a logger stamps it, unless it was first seen only after it could have ended: then
 * it is the start. Of what is shorter than two looks nobody can tell, and the end is likelier.
 */
function drawTold(process: TraceProcess, record: AppRecord, tickMs: number): boolean {
  const told = toldSpan(record.data);
  const stampMs = exactMs(record);
  if (told === null || stampMs === null) return false;
  const tookMs = told.seconds * 1000;
  const isStart = tookMs > 2 * tickMs && record.firstSeenAtMs - stampMs >= tookMs;
  const fromMs = isStart ? stampMs : stampMs - tookMs;
  const toMs = fromMs + tookMs;
  const slice = (name: string, from: number, to: number, args: Slice['args']): Slice => ({
    name,
    category: record.kind,
    fromMs: from,
    toMs: to,
    args,
  });
  const firstMs = told.firstTokenSeconds === null ? null : fromMs + told.firstTokenSeconds * 1000;
  const parts =
    firstMs === null ? [] : [slice('first token', fromMs, firstMs, {}), slice('answer', firstMs, toMs, {})];
  const args = { collector: record.collector, stampedAt: isStart ? 'start' : 'end', ...argsOf(record) };
  process.slice(`${record.kind} spans`, slice(titleOf(record), fromMs, toMs, args), parts);
  return true;
}

function titleOf(activity: Activity): string {
  switch (activity.kind) {
    case 'network':
      return `${activity.op} ${endOf(activity)}`;
    case 'process':
      return activity.exe === null ? activity.op : `${activity.op} ${activity.exe}`;
    case 'event':
      return activity.type;
    case 'log':
      return activity.category;
    default:
      return `${activity.op} ${activity.path}`;
  }
}

function endOf({ protocol, remote, localPort }: NetworkActivity): string {
  if (remote === null) return localPort === null ? protocol : `${protocol} on port ${localPort}`;
  const ip = remote.ip.includes(':') ? `[${remote.ip}]` : remote.ip;
  return `${protocol} ${ip}${remote.port === null ? '' : `:${remote.port}`}`;
}

function argsOf(activity: Activity): Record<string, string | number | boolean | null> {
  switch (activity.kind) {
    case 'network': {
      const { direction, bytesSent, bytesReceived, localPort, remote } = activity;
      return { direction, bytesSent, bytesReceived, localPort, remoteProcess: remote?.process ?? null };
    }
    case 'process':
      return {
        parentName: activity.parentName,
        exitCode: activity.exitCode,
        ...(activity.replaced === undefined ? {} : { replaced: activity.replaced }),
      };
    case 'event':
      return { source: activity.source, id: activity.id, ...dataOf(activity.data) };
    case 'log':
      return { source: activity.source, ...dataOf(activity.data) };
    default:
      return { path: activity.path };
  }
}

/** Columns and fields as rules call them, so that none can take the place of ours. */
const dataOf = (data: Readonly<Record<string, FieldValue>>): Record<string, FieldValue> =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [`data.${name}`, value]));
