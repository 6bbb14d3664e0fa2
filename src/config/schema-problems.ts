import type { z } from 'zod';
import type { Problem } from '../core/rules/problem.ts';

type Issue = z.core.$ZodIssue;
type Path = (string | number)[];

/** What zod found wrong, in the words of a configuration file, with what would have been right. */
export function schemaProblems(schema: z.ZodType, value: unknown, issues: readonly Issue[]): Problem[] {
  return issues.flatMap((issue) => problemsOf(schema, value, issue, []));
}

function problemsOf(schema: z.ZodType, value: unknown, issue: Issue, base: Path): Problem[] {
  const path: Path = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const candidates = keysAt(schema, value, path);
      return issue.keys.map((key) => ({
        path: [...path, key],
        at: 'key',
        message: `«${key}» is not a key here`,
        value: key,
        candidates,
      }));
    }
    case 'invalid_value':
      return [choice(value, path, issue.values.map(String))];
    case 'invalid_union': {
      const options = 'options' in issue ? (issue.options as unknown[] | undefined) : undefined;
      if (options !== undefined) return [choice(value, path, options.map(String))];
      return [{ path, message: unionMessage(issue.message, valueAt(value, path), path) }];
    }
    case 'invalid_type':
      if (!issue.message.startsWith(UNSAID)) return [{ path, message: issue.message }];
      return [{ path, message: typeMessage(issue.expected, valueAt(value, path), path) }];
    case 'too_small':
    case 'too_big':
      return [{ path, message: sizeMessage(issue, path) }];
    case 'invalid_key':
    case 'invalid_element':
      return issue.issues.flatMap((inner) => problemsOf(schema, value, inner, path));
    default:
      return [{ path, message: issue.message.replace(/^Invalid /, 'not a valid ') }];
  }
}

/** What a user calls the place: its key, and of a list the number of the entry: `command[2]`; null for the whole. */
function nameOf(path: Path): string | null {
  if (path.length === 0) return null;
  const key = path.findLastIndex((step) => typeof step === 'string');
  const entries = path.slice(key + 1).map((entry) => `[${entry}]`);
  return `${path[key] ?? ''}${entries.join('')}`;
}

function choice(value: unknown, path: Path, candidates: readonly string[]): Problem {
  const given = valueAt(value, path);
  const last = nameOf(path) ?? 'it';
  if (given === undefined) return { path, message: `${last} is missing; one of ${candidates.join(', ')}` };
  const shown = typeof given === 'string' ? given : JSON.stringify(given);
  return { path, message: `«${shown}» is not a value of ${last}`, value: shown.slice(0, 100), candidates };
}

function typeMessage(expected: string, given: unknown, path: Path): string {
  const last = nameOf(path) ?? 'the file';
  const names: Record<string, string> = {
    record: 'a map',
    object: 'a map',
    array: 'a list',
    string: 'a text',
    int: 'a whole number',
  };
  const wanted = names[expected] ?? `a ${expected}`;
  if (given === undefined) return `${last} is missing; it is ${wanted}`;
  return `${last} must be ${wanted}, not ${kindOf(given)}`;
}

type SizeIssue = Extract<Issue, { code: 'too_small' | 'too_big' }>;

/** Unless a schema has words of its own for it. */
function sizeMessage(issue: SizeIssue, path: Path): string {
  const { message, origin, inclusive = true } = issue;
  if (!message.startsWith('Too ')) return message;
  const last = nameOf(path) ?? 'the file';
  const isSmall = issue.code === 'too_small';
  const limit = Number(isSmall ? issue.minimum : issue.maximum);
  if (origin === 'string' && isSmall && limit === 1) return `${last} is empty`;
  const bound = isSmall ? (inclusive ? 'at least' : 'more than') : inclusive ? 'at most' : 'less than';
  if (origin === 'string') return `${last} must have ${bound} ${limit} characters`;
  const isMany = origin === 'array' || origin === 'set' || origin === 'map';
  return isMany ? `${last} must have ${bound} ${limit} entries` : `${last} must be ${bound} ${limit}`;
}

/** What zod says where a schema has no words of its own, or how that begins. */
const UNSAID = 'Invalid input';

function unionMessage(said: string, given: unknown, path: Path): string {
  if (said.startsWith('«')) return said;
  if (said !== UNSAID) return `${nameOf(path) ?? 'it'} ${said}, not ${kindOf(given)}`;
  return given === undefined ? 'something is missing here' : `${kindOf(given)} does not fit here`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string' ? `the text «${value.slice(0, 50)}»` : `«${JSON.stringify(value)}»`;
}

function valueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}

interface Definition {
  type: string;
  shape?: Record<string, z.ZodType>;
  element?: z.ZodType;
  /** Of a tuple. */
  items?: z.ZodType[];
  innerType?: z.ZodType;
  valueType?: z.ZodType;
  options?: z.ZodType[];
  discriminator?: string;
  in?: z.ZodType;
}

const definitionOf = (schema: z.ZodType | undefined): Definition | undefined => schema?.def;

/** The keys that a map may have at a path; the variant of a union is the one that its discriminator names. */
function keysAt(schema: z.ZodType, value: unknown, path: Path): string[] {
  let definition = resolve(definitionOf(schema), value);
  let current = value;
  for (const step of path) {
    current = valueAt(current, [step]);
    const next =
      definition?.shape?.[step] ??
      definition?.items?.[Number(step)] ??
      definition?.element ??
      definition?.valueType;
    definition = resolve(definitionOf(next), current);
  }
  return Object.keys(definition?.shape ?? {});
}

/** Through wrappers (optional, default) and unions to the map that is meant. */
function resolve(start: Definition | undefined, value: unknown): Definition | undefined {
  let definition = start;
  while (definition !== undefined && definition.shape === undefined) {
    const inner = definition.innerType ?? definition.in ?? variantOf(definition, value);
    if (inner === undefined) return definition;
    definition = definitionOf(inner);
  }
  return definition;
}

function variantOf({ options, discriminator }: Definition, value: unknown): z.ZodType | undefined {
  if (options === undefined) return undefined;
  if (discriminator === undefined) return options.find((option) => definitionOf(option)?.shape !== undefined);
  const named = valueAt(value, [discriminator]);
  return options.find((option) => {
    const literal = definitionOf(option)?.shape?.[discriminator];
    return literal?.safeParse(named).success === true;
  });
}
