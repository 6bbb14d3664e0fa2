import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Watchdog } from './watchdog.ts';

/** The evidence file of a check that is at work. */
export function evidenceOf({ out }: Watchdog): string {
  const [name] = readdirSync(out);
  if (name === undefined) throw new Error('the watchdog has no folder yet');
  return join(out, name, 'evidence.db');
}
