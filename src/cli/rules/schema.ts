import { Command, Option } from 'commander';
import type { JsonSchema } from '../../core/rules/json-schema.ts';
import { EXIT } from '../exit-codes.ts';
import { renderJson } from '../../render/json.ts';

const EXAMPLES = `
Examples:
  idleproof rules schema > rules.schema.json
  idleproof rules schema --of config > idleproof.schema.json
  idleproof rules schema --of gates > gates.schema.json
  idleproof rules schema --of examples > examples.schema.json

With the YAML language server (VS Code, Neovim, …) this first line makes a file complete and check itself:
  # yaml-language-server: $schema=./rules.schema.json

An editor knows the shape, the fields and the metrics; \`idleproof rules lint\` knows the rest.
Exit codes: 0 printed, 3 usage, 4 idleproof itself failed.`;

type Document = 'pack' | 'config' | 'gates' | 'examples';

const SCHEMAS: Readonly<Record<Document, () => Promise<JsonSchema>>> = {
  pack: async () => (await import('../../core/rules/json-schema.ts')).packJsonSchema(),
  config: async () => (await import('../../config/config-schema.ts')).configJsonSchema(),
  gates: async () => (await import('../../config/gates-file.ts')).gatesJsonSchema(),
  examples: async () => (await import('../../core/examples/schema.ts')).examplesJsonSchema(),
};

/** `idleproof rules schema`: the JSON Schemas of what people write. */
export function schemaCommand(done: (exitCode: number) => void): Command {
  const of = new Option('--of <document>', 'which schema').choices(Object.keys(SCHEMAS)).default('pack');
  return new Command('schema')
    .description(
      'print the JSON Schema of packs, of idleproof.yaml, of gates.yaml or of examples, for editors',
    )
    .addOption(of)
    .addHelpText('after', EXAMPLES)
    .action(async (options: { of: Document }) => {
      process.stdout.write(renderJson(await SCHEMAS[options.of]()));
      done(EXIT.pass);
    });
}
