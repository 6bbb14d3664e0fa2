import { examplesJsonSchema } from '../../core/examples/schema.ts';
import type { JsonSchema } from '../../core/rules/json-schema.ts';
import { type KeyReference, keysOf } from '../../core/rules/kind-reference.ts';
import { keyTable, kindsReference, packReference, ruleReference } from './key-tables.ts';
import {
  aggregateReference,
  fieldReference,
  groupReference,
  measurementReference,
  metricReference,
  modifierReference,
  unitReference,
} from './vocabulary-tables.ts';

/** Every generated part of docs/rules.md, by the name of its markers. */
const SECTIONS: Readonly<Record<string, () => string>> = {
  'pack keys': packReference,
  'rule keys': ruleReference,
  kinds: kindsReference,
  modifiers: modifierReference,
  fields: fieldReference,
  units: unitReference,
  aggregates: aggregateReference,
  metrics: metricReference,
  measurements: measurementReference,
  'examples keys': () => keyTable(keysOf(examplesJsonSchema())),
  'example keys': () => keyTable(exampleKeys()),
};

/**
 * docs/rules.md with what is generated as the code has it, between `<!-- name -->` and `<!-- /name -->`.
 * @throws Error where a part has no place
 */
export function rulesPage(page: string): string {
  const sections = Object.entries(SECTIONS).map(([name, write]): [string, string] => [
    name,
    `\n${write()}\n`,
  ]);
  return [...sections, ['groups', groupReference()] as const].reduce((text, [name, content]) => {
    const place = new RegExp(`(<!-- ${name} -->).*?(<!-- /${name} -->)`, 's');
    if (!place.test(text)) throw new Error(`docs/rules.md has no place for «${name}»`);
    return text.replace(place, (_, open: string, close: string) => `${open}${content}${close}`);
  }, page);
}

/** The keys of one example: those that are told, then those of stored evidence. */
function exampleKeys(): KeyReference[] {
  const { properties } = examplesJsonSchema() as { properties: { examples: { items: JsonSchema } } };
  const shapes = ((properties.examples.items['anyOf'] ?? []) as JsonSchema[]).map(keysOf);
  const [told = [], stored = []] = shapes;
  return [...told, ...stored.filter(({ name }) => !told.some((key) => key.name === name))];
}
