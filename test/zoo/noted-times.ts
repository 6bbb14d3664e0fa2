import { readFileSync } from 'node:fs';

/** Shell: notes the time, in seconds, in a file `times`. */
export const NOTES_TIME = 'date +%s.%N >>times';

/** The times in such a file, in ms since the epoch; a line that is not finished is left out. */
export const notedTimes = (path: string) => (): number[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => 1000 * Number(line));
