import { lineParser } from '../parse/log/line-parser.ts';

/** A smaller share of JSON may be what an app prints now and then. */
const MOSTLY = 0.9;

/** How lines of a log can be read, as far as its newest ones show; null: they are ordinary text, or there are none. */
export function detectLogFormat(lines: readonly string[]): 'perf' | 'jsonl' | null {
  const written = lines.filter((line) => line.trim() !== '');
  const [perf, jsonl] = (['perf', 'jsonl'] as const).map((format) => {
    const { parse } = lineParser(format);
    return written.filter((line) => typeof parse(line) !== 'string').length;
  });
  if (perf !== undefined && perf > 0) return 'perf';
  return jsonl !== undefined && jsonl > 0 && jsonl >= MOSTLY * written.length ? 'jsonl' : null;
}
