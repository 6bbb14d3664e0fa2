import type { Activity, ProcessActivity } from '../../model/activity.ts';
import type { WatchedProcess } from '../../model/process.ts';
import { fileDeed } from './file-deed.ts';
import { networkDeed } from './network-deed.ts';
import type { Occurrence } from './occurrences.ts';
import { counted, spell, withCommas } from '../wording/amounts.ts';
import { sayProcess } from '../wording/process.ts';

/** Names come from the watched app: bounded, and without control characters. */
const LONGEST_NAME = 120;

/** A finding as a sentence: «redis-sentinel (pid 3580, backend) sent to 127.0.0.1:6379, 20 times in 20 s, 1,200 bytes». */
export function sentence(
  occurrences: readonly Occurrence[],
  actors: readonly WatchedProcess[],
  { atLeast, windowMs }: { atLeast: string; windowMs: number },
): string {
  const times = occurrences.length === 1 ? 'once' : `${withCommas(occurrences.length)} times`;
  const isTold = occurrences.length > 1 || atLeast !== '';
  const often = isTold ? `, ${atLeast}${times} in ${spell(windowMs)}` : '';
  return `${doing(occurrences, actors)}${often}${bytes(occurrences)}`;
}

/** Who did what: «redis-sentinel (pid 3580, backend) sent to 127.0.0.1:6379». */
export function doing(occurrences: readonly Occurrence[], actors: readonly WatchedProcess[]): string {
  const [first] = occurrences;
  if (first === undefined) return '';
  const { head } = first;
  const heads = occurrences.map((one) => one.head);
  return `${subjectOf(head, actors)} ${deedOf([head, ...heads.slice(1)], actors.length)}`;
}

function deedOf(heads: readonly [Activity, ...Activity[]], actors: number): string {
  const [head, ...others] = heads;
  switch (head.kind) {
    case 'file':
      return fileDeed([head, ...others.filter((one) => one.kind === 'file')], clean);
    case 'network':
      return networkDeed([head, ...others.filter((one) => one.kind === 'network')], clean);
    case 'process':
      return processDeed(head, actors);
    case 'event':
      return head.type === '' ? 'got a row without a type' : `got a row ${clean(head.type)}`;
    case 'log':
      return `got a line ${clean(head.category)}`;
    default:
      return 'did something';
  }
}

/** One occurrence as a line, without who did it when that is known from the finding. */
export function exampleOf({ head, activities }: Occurrence, localTime: string): string {
  const moved = bytes([{ head, activities }]);
  return clean(`${localTime} ${deedOf([head], 1)}${moved}`);
}

/** What happens is told of an activity's kind: `3 connects`, `4 tool_run rows`. */
export function nounOf(activity: Activity): string {
  switch (activity.kind) {
    case 'process':
      if (isReplacement(activity)) return 'exec';
      return activity.op === 'outlived-parent' ? 'orphan' : activity.op;
    case 'network':
    case 'file':
      return activity.op;
    case 'event':
      return `${clean(activity.type) || 'untyped'} row`;
    case 'log':
      return `${clean(activity.category)} line`;
    default:
      return 'activity';
  }
}

function subjectOf(head: Activity, actors: readonly WatchedProcess[]): string {
  if (head.kind === 'event') return `${head.target}: the table ${clean(head.source)}`;
  if (head.kind === 'log') return `${head.target}: the log ${clean(head.source)}`;
  const [actor, ...others] = actors;
  if (actor === undefined) return `${head.target}: an unknown process`;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${sayProcess({ name: clean(actor.name), pid: actor.pid }, head.target)}${more}`;
}

const isReplacement = ({ replaced }: ProcessActivity): boolean => replaced !== undefined;

function processDeed(activity: ProcessActivity, actors: number): string {
  const { op, exe, parentName, exitCode } = activity;
  const program = exe === null ? '' : ` (${clean(exe)})`;
  if (isReplacement(activity)) return replacing(activity, actors);
  const parent = parentName === null ? '' : ` by ${clean(parentName)}`;
  if (op === 'spawn') return `${actors > 1 ? 'were' : 'was'} started${parent}${program}`;
  if (op === 'exit') return `ended${exitCode === null ? '' : ` with code ${exitCode}`}${program}`;
  return `outlived its parent${parentName === null ? '' : ` ${clean(parentName)}`}${program}`;
}

function replacing({ exe, replaced }: ProcessActivity, actors: number): string {
  const before = replaced == null ? '' : ` (${clean(replaced)})`;
  const itself = actors > 1 ? 'themselves' : 'itself';
  return `replaced ${itself}${before} with ${exe === null ? 'another program' : clean(exe)}`;
}

/** `, 1,200 bytes`, or both ways where both are known. */
function bytes(occurrences: readonly Occurrence[]): string {
  let sent = 0;
  let received = 0;
  for (const { activities } of occurrences) {
    for (const activity of activities) {
      if (activity.kind !== 'network') continue;
      sent += activity.bytesSent ?? 0;
      received += activity.bytesReceived ?? 0;
    }
  }
  if (sent > 0 && received > 0) return `, ${counted(sent, 'byte')} sent, ${withCommas(received)} received`;
  return sent + received > 0 ? `, ${counted(sent + received, 'byte')}` : '';
}

/** Nearly all names are, and that is seen many times as quickly as something is replaced. */
const PLAIN = /^[ -~]*$/;

/** A name of the watched app as part of a sentence. */
export function clean(text: string): string {
  if (text.length <= LONGEST_NAME && PLAIN.test(text)) return text;
  const printable = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD');
  return printable.length > LONGEST_NAME ? `${printable.slice(0, LONGEST_NAME - 1)}…` : printable;
}
