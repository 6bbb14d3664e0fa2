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

/** The options of a command that prints one format, or writes several into a folder. */
export interface PrintedOptions {
  format?: string;
  out?: string;
  json?: boolean;
}

/** The formats asked for: `--json` is short for one of them, and two of them need files. @throws OPTION_INVALID */
export function printedFormats<T extends string>(
  { format, out, json }: PrintedOptions,
  { known, usual }: { known: readonly T[]; usual: T },
  refuse: Refuse,
): T[] {
  const asked = json === true && format === undefined ? 'json' : (format ?? usual);
  const formats = formatsIn(asked, known, refuse);
  if (json === true && (out !== undefined || formats.join() !== 'json'))
    refuse('--json', 'it prints JSON; --format and --out are something else');
  if (formats.length > 1 && out === undefined) refuse('--format', 'several formats need a folder (--out)');
  return formats;
}
