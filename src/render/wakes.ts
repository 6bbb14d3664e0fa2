import { byWhom, rate, spellCall, spellTimeout } from '../core/rules/wake-words.ts';
import { spell } from '../core/wording/amounts.ts';
import type { ProofWakes } from '../model/proof.ts';

/** `epoll_wait 100 ms`; `an unknown call`; `a call that began before the recording`. Not escaped. */
export function sleepOf({ call, timeoutSeconds, timeoutIs }: ProofWakes): string {
  const timeout = timeoutSeconds === null ? '' : ` ${spellTimeout(timeoutSeconds * 1000, timeoutIs)}`;
  return `${spellCall(call)}${timeout}`;
}

/** `redis-server: epoll_wait 100 ms, every 100.3 ms, 600 a minute, by timer`. Not escaped. */
export function wakesLine(wakes: ProofWakes): string {
  const { thread, perMinute, intervalSeconds } = wakes;
  const often = intervalSeconds === null ? '' : ` every ${spell(intervalSeconds * 1000)},`;
  return `${thread ?? 'several threads'}: ${sleepOf(wakes)},${often} ${rate(perMinute, wakes)} a minute, ${byWhom(wakes)}`;
}
