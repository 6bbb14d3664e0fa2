import { jsonSchemaOf, type JsonSchema } from './json-schema.ts';
import { ruleSchema } from './schema.ts';

/** A key of a map, as its schema tells of it. */
export interface KeyReference {
  name: string;
  about: string;
  required: boolean;
  default: unknown;
  schema: JsonSchema;
}

/** A kind of rule. */
interface KindReference {
  kind: string;
  /** What a rule of this kind claims. */
  about: string;
  keys: KeyReference[];
}

/** Every kind of rule with its keys, from the schema alone. */
export function kindReference(): KindReference[] {
  const variants = (jsonSchemaOf(ruleSchema)['oneOf'] ?? []) as JsonSchema[];
  return variants.map((variant) => {
    const keys = keysOf(variant);
    const kind = keys.find(({ name }) => name === 'kind')?.schema['const'];
    return { kind: String(kind), about: textOf(variant['description']), keys };
  });
}

/** The keys of a map, in the order of its schema. */
export function keysOf(map: JsonSchema): KeyReference[] {
  const required = (map['required'] ?? []) as string[];
  return Object.entries((map['properties'] ?? {}) as Record<string, JsonSchema>).map(([name, schema]) => ({
    name,
    about: textOf(schema['description']),
    required: required.includes(name),
    default: schema['default'],
    schema,
  }));
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
