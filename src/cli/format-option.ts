import { closest } from 'fastest-levenshtein';
import type { Refuse } from '../errors/refuse.ts';

/** Names of a comma-separated list, each once. @throws OPTION_INVALID for one that is not known */
export function formatsIn<T extends string>(list: string, known: readonly T[], refuse: Refuse): T[] {
  const formats = list.split(',').map((text) => {
    const format = known.find((name) => name === text.trim());
    if (format !== undefined) return format;
    const problem = `«${text}» is not one of ${known.join(', ')}; the nearest is ${closest(text, known)}`;
    return refuse('--format', problem);
  });
  return [...new Set(formats)];
}
