import { packJsonSchema, type JsonSchema } from '../../core/rules/json-schema.ts';
import { type KeyReference, keysOf, kindReference } from '../../core/rules/kind-reference.ts';

/** The keys of a pack, in Markdown. */
export function packReference(): string {
  return keyTable(keysOf(packJsonSchema()));
}

/** The keys that rules of all kinds have, in Markdown. */
export function ruleReference(): string {
  const [first, ...others] = kindReference();
  const shared = (first?.keys ?? []).filter((key) => isShared(key, others));
  const kinds = kindReference().map(({ kind }) => `\`${kind}\``);
  return keyTable(shared.map((key) => (key.name === 'kind' ? { ...key, about: kinds.join(', ') } : key)));
}

/** Each kind of rule with the keys of its own, in Markdown. */
export function kindsReference(): string {
  const kinds = kindReference();
  const rows = kinds.flatMap(({ kind, about, keys }) => [
    `| \`${kind}\` | | ${about} |`,
    ...keys.filter((key) => !isShared(key, kinds)).map((key) => `| | \`${key.name}\` | ${aboutKey(key)} |`),
  ]);
  return ['| kind | key | |', '| --- | --- | --- |', ...rows].join('\n');
}

const isShared = ({ name }: KeyReference, kinds: ReturnType<typeof kindReference>): boolean =>
  kinds.every(({ keys }) => keys.some((key) => key.name === name));

/** The keys of any map of a JSON Schema, in Markdown. */
export function keyTable(keys: readonly KeyReference[]): string {
  return ['| key | |', '| --- | --- |', ...keys.map((key) => `| \`${key.name}\` | ${aboutKey(key)} |`)].join(
    '\n',
  );
}

function aboutKey({ about, schema, required, default: given }: KeyReference): string {
  const values = choicesOf(schema);
  const isSimple = typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean';
  const notes = [
    ...(about === '' ? [] : [about.replaceAll('|', String.raw`\|`)]),
    ...(values.length === 0 ? [] : [`one of ${values.map((value) => `\`${value}\``).join(', ')}`]),
    ...(required && given === undefined ? ['required'] : []),
    ...(isSimple ? [`\`${String(given)}\` where left out`] : []),
  ];
  return notes.join('; ');
}

/** Few values are listed; of many there is a table. */
function choicesOf(schema: JsonSchema): string[] {
  const values = Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]).map(String) : [];
  return values.length > MOST_CHOICES ? [] : values;
}

const MOST_CHOICES = 6;
