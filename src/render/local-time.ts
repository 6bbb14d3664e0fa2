import { proofTime } from '../core/derive/proof-time.ts';

/** `2026-11-20 08:01:00` in the local time of the host that told it. */
export function localTime(atMs: number, utcOffsetMinutes: number): string {
  return proofTime(atMs, utcOffsetMinutes).local.slice(0, 19).replace('T', ' ');
}
