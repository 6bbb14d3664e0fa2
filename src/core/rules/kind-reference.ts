import { jsonSchemaOf, type JsonSchema } from './json-schema.ts';
import { ruleSchema } from './schema.ts';

/** A kind of rule, as its schema tells of it. */
export interface KindReference {
  kind: string;
  /** What a rule of this kind claims. */
  about: string;
  keys: { name: string; about: string; required: boolean; default: unknown; schema: JsonSchema }[];
}

/** Every kind of rule with its keys, from the schema alone. */
export function kindReference(): KindReference[] {
  const variants = (jsonSchemaOf(ruleSchema)['oneOf'] ?? []) as JsonSchema[];
  return variants.map((variant) => {
    const properties = variant['properties'] as Record<string, JsonSchema>;
    const required = (variant['required'] ?? []) as string[];
    return {
      kind: String(properties['kind']?.['const']),
      about: textOf(variant['description']),
      keys: Object.entries(properties).map(([name, schema]) => ({
        name,
        about: textOf(schema['description']),
        required: required.includes(name),
        default: schema['default'],
        schema,
      })),
    };
  });
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
