import { EARLIER_CALL, type WakeStretch, type WokenBy } from '../../model/wake.ts';
import { clean } from './sentences.ts';
import { short, spell } from '../wording/amounts.ts';

/** How much of what there was is recorded. */
interface Recorded {
  sampledShare: number;
  atLeast: boolean;
}

/** `100 ms`; of a measured one two digits, since a thread wakes a little late. */
export function spellTimeout(timeoutMs: number, timeoutIs: WakeStretch['timeoutIs']): string {
  return timeoutIs === 'asked' ? spell(timeoutMs) : `about ${spell(Number(timeoutMs.toPrecision(2)))}`;
}

/** `epoll_wait`, and words for a call that has no name. */
export function spellCall(call: string | null): string {
  if (call === null) return 'an unknown call';
  return call === EARLIER_CALL ? 'a call that began before the recording' : call;
}

/** Wakes a minute, whole ones, or two digits of a few: `600`, `about 12,000` of a sample, `at least 600` where records were lost. */
export function rate(perMinute: number, { sampledShare, atLeast }: Recorded): string {
  const bound = atLeast ? 'at least ' : '';
  const estimate = sampledShare < 1 ? 'about ' : '';
  const value = perMinute >= 10 ? Math.round(perMinute) : Number(perMinute.toPrecision(2));
  return `${bound}${estimate}${short(value)}`;
}

/** Who woke a thread, out of what. */
export interface Woken {
  wokenBy: WokenBy;
  waker: string | null;
  /** The call in which it slept; null: in none that is recorded, maybe waiting for a disk. */
  call: string | null;
}

/** `by timer`, `by process sshd`, `by packets, probably from redis-cli`. */
export function byWhom({ wokenBy, waker, call }: Woken): string {
  const name = waker === null ? null : clean(waker);
  switch (wokenBy) {
    case 'packet':
      // Disks, too, tell in a soft interrupt that they have done.
      if (call === null) return 'by packets or a disk';
      return name === null ? 'by packets' : `by packets, probably from ${name}`;
    case 'signal':
      return name === null ? 'by signals' : `by signals from ${name}`;
    case 'thread':
      return `by ${name === null ? 'another thread' : `thread ${name}`}`;
    case 'process':
      return `by ${name === null ? 'another process' : `process ${name}`}`;
    case 'mixed':
      return 'for several reasons';
    default:
      return `by ${wokenBy}`;
  }
}
