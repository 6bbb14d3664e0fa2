import { prepared, type Sqlite } from '../../os/sqlite.ts';
import type { EvidenceProblem } from './verification.ts';

/** So many are told; one is enough for the file not to be read. */
const MAX_TOLD = 10;

/** Views and triggers, of which evidence has none: a view in the place of a table would show other rows than were written. */
export function foreignObjects(db: Sqlite): EvidenceProblem[] {
  const found = prepared(
    db,
    `SELECT type, name FROM sqlite_schema WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%' LIMIT ${MAX_TOLD}`,
  ).all() as { type: string; name: string }[];
  return found.map(({ type, name }) => ({
    where: 'the file',
    problem: `the ${type} «${name}» is in it, and no idleproof wrote that`,
  }));
}
