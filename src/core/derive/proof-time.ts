import type { ProofTime } from '../../model/proof.ts';

/**
 * A time as a proof shows it, to the millisecond.
 * @param atMs epoch milliseconds
 * @param utcOffsetMinutes minutes east of UTC of the run's host
 */
export function proofTime(atMs: number, utcOffsetMinutes: number): ProofTime {
  const offset = Math.trunc(utcOffsetMinutes);
  const size = Math.abs(offset);
  const zone = `${offset < 0 ? '-' : '+'}${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`;
  const whole = Math.floor(atMs);
  return {
    utc: new Date(whole).toISOString(),
    local: new Date(whole + offset * 60_000).toISOString().replace('Z', zone),
  };
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
