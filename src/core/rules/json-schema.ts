import { z } from 'zod';
import type { ActivityKind } from '../../model/activity.ts';
import { METRICS } from '../derive/metrics.ts';
import { MODIFIERS } from './conditions/condition.ts';
import { ACTIVITIES, FIELDS, type Field } from './fields.ts';
import { MEASUREMENTS } from './measurements.ts';
import { packSchema } from './schema.ts';

/** A node of a JSON Schema (2020-12). */
export type JsonSchema = Record<string, unknown>;

/** The JSON Schema of a rule pack, for editors: the shape, and for each activity the fields that it has. */
export function packJsonSchema(): JsonSchema {
  return { title: 'idleproof rule pack', ...jsonSchemaOf(packSchema) };
}

/**
 * What an editor completes and checks a document by. Beside the shape it has what the checks of rules know: the fields of each
 * activity with their modifiers and values, and the metrics.
 */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const plain = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
  const definitions = Object.fromEntries(
    ACTIVITIES.flatMap((kind) => [
      [`match-${kind}`, matchOf(kind)],
      [`fields-${kind}`, fieldsOf(kind)],
    ]),
  );
  return { ...(narrowed(plain) as JsonSchema), $defs: definitions };
}

/** Keys whose values are names of a table. */
const NAMES: readonly [key: string, names: ReadonlyMap<string, unknown>][] = [
  ['metric', METRICS],
  ['measurement', MEASUREMENTS],
];

/** Metrics of what the app writes itself have names of its own. */
const FREE: Readonly<Record<string, string>> = { metric: '^(log\\.[^.]+\\.|derived\\.).+$' };

function namedBy(key: string, named: JsonSchema, names: readonly string[]): JsonSchema {
  const free = FREE[key];
  if (free === undefined) return { ...named, enum: names };
  return { ...named, anyOf: [{ enum: names }, { pattern: free }] };
}

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same schema, where every map that names an activity has only what this activity has. */
function narrowed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(narrowed);
  if (!isObject(node)) return node;
  const copy: JsonSchema = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, narrowed(value)]),
  );
  const { properties } = copy;
  if (!isObject(properties)) return copy;
  for (const [key, names] of NAMES) {
    const named = properties[key];
    // What names its values by itself is something else of that name.
    if (isObject(named) && named['type'] === 'string' && named['enum'] === undefined)
      properties[key] = namedBy(key, named, [...names.keys()]);
  }
  const { activity } = properties;
  if (isObject(activity) && Array.isArray(activity['enum'])) {
    copy['allOf'] = ACTIVITIES.map((kind) => ({
      if: { properties: { activity: { const: kind } }, required: ['activity'] },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: { properties: ofActivity(kind, properties) },
    }));
  }
  return copy;
}

/** The keys beside `activity` whose values depend on it. */
function ofActivity(kind: ActivityKind, properties: JsonSchema): JsonSchema {
  const match = { $ref: `#/$defs/match-${kind}` };
  const narrow: JsonSchema = {
    match,
    except: { items: { properties: { match } } },
    groupBy: { items: { $ref: `#/$defs/fields-${kind}` } },
  };
  return Object.fromEntries(Object.entries(narrow).filter(([key]) => Object.hasOwn(properties, key)));
}

const escaped = (text: string): string => text.replaceAll('.', '\\.');

const hasColumns = (kind: ActivityKind): boolean => kind === 'event' || kind === 'log';

function matchOf(kind: ActivityKind): JsonSchema {
  const fields = [...FIELDS[kind].values()];
  const names = fields.map(({ name }) => escaped(name)).join('|');
  const columns = hasColumns(kind) ? '|data\\..+?' : '';
  const modifiers = MODIFIERS.join('|');
  const map = {
    type: 'object',
    minProperties: 1,
    properties: Object.fromEntries(fields.map((field) => [field.name, valueOf(field)])),
    patternProperties: { [`^(?:${names}${columns})(?:\\|(?:${modifiers}))*$`]: {} },
    additionalProperties: false,
  };
  return { anyOf: [map, { type: 'array', minItems: 1, items: map }] };
}

/** What is offered; texts are matched whatever their case and with wildcards, so that others may be right. */
function valueOf({ about, choices }: Field): JsonSchema {
  return { description: about, ...(choices.length === 0 ? {} : { anyOf: [{ enum: [...choices] }, {}] }) };
}

function fieldsOf(kind: ActivityKind): JsonSchema {
  const known = { enum: [...FIELDS[kind].keys()] };
  return hasColumns(kind) ? { anyOf: [known, { type: 'string', pattern: '^data\\..' }] } : known;
}
