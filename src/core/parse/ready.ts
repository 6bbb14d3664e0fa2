import { parseDurationMs } from './duration.ts';
import { assertPattern } from './pattern.ts';
import type { Refuse } from '../../errors/refuse.ts';
import { durationText, sayNoUnitText } from './unit-text.ts';

/** When a started command counts as ready. */
export type ReadyCondition =
  | { by: 'port'; port: number }
  | { by: 'http'; url: string }
  | { by: 'log'; pattern: string }
  | { by: 'file'; path: string }
  | { by: 'duration'; durationMs: number };

/** Parses the value of `--ready`: `port:8000`, `http://…`, `log:REGEX`, `file:PATH`, or a duration such as `3s`. */
export function parseReady(text: string, refuse: Refuse): ReadyCondition {
  const invalid = (problem: string): never => refuse('--ready', problem);
  const durationMs = parseDurationMs(text);
  if (durationMs !== null) return { by: 'duration', durationMs };
  if (/^https?:\/\//u.test(text)) {
    if (!URL.canParse(text)) invalid(`«${text}» is no address`);
    return { by: 'http', url: text };
  }
  const [, kind, value = ''] = /^(port|log|file):([^]+)$/u.exec(text) ?? [];
  switch (kind) {
    case 'port': {
      const port = /^\d+$/u.test(value) ? Number(value) : 0;
      if (port < 1 || port > 65_535)
        invalid(`«${value}» is no port: a whole number from 1 to 65535 is needed`);
      return { by: 'port', port };
    }
    case 'log':
      assertPattern(value, invalid);
      return { by: 'log', pattern: value };
    case 'file':
      return { by: 'file', path: value };
    default:
      return invalid(
        sayNoUnitText(
          text,
          durationText('one of port:8000, http://…, log:REGEX, file:PATH, or a duration such as 3s'),
        ),
      );
  }
}

/** The condition in words. */
export function describeReady(ready: ReadyCondition): string {
  switch (ready.by) {
    case 'port':
      return `port ${ready.port} to be open`;
    case 'http':
      return `${ready.url} to answer`;
    case 'log':
      return `a line of its output to match /${ready.pattern}/`;
    case 'file':
      return `${ready.path} to exist`;
    default:
      return `${ready.durationMs / 1000} s to pass`;
  }
}
