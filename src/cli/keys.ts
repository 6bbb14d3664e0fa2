import { Command } from 'commander';
import { EXIT } from './exit-codes.ts';
import { renderJson } from '../render/json.ts';

const EXAMPLES = `
Examples:
  idleproof keys new                                    idleproof.key (private, mode 0600) and idleproof.pub
  idleproof keys new --out ~/.config/release.key        and release.pub beside it
  idleproof check --port 8000 --format json,intoto --key idleproof.key
  idleproof verify reports/*/proof.intoto.jsonl --key idleproof.pub

In CI the private key is a secret in IDLEPROOF_KEY (the key itself, or the path of its file). It is never printed; who verifies gets the public one.
Exit codes: 0 made, 3 usage, or the file exists, 4 idleproof itself failed.`;

/** `idleproof keys`: what attestations are signed with. */
export function keysCommand(done: (exitCode: number) => void): Command {
  const create = new Command('new')
    .description('make a pair of Ed25519 keys')
    .option('--out <file>', 'file of the private key; that of the public key ends in .pub', 'idleproof.key')
    .option('--json', 'print the paths and the id of the key as JSON')
    .action(async (options: { out: string; json?: boolean }) => {
      await makeKeyPair(options.out, options.json === true);
      done(EXIT.pass);
    });
  return new Command('keys')
    .description('Make the keys that attestations are signed with.')
    .addHelpText('afterAll', EXAMPLES)
    .addCommand(create);
}

async function makeKeyPair(privatePath: string, isJson: boolean): Promise<void> {
  const { makeKeys } = await import('../attest/keys.ts');
  const { escapeControls } = await import('../core/parse/escape-controls.ts');
  const keys = makeKeys(privatePath, `${privatePath.replace(/\.(?:key|pem)$/, '')}.pub`);
  const text = [
    `private key  ${escapeControls(keys.privatePath)} (keep it; only its owner can read it)`,
    `public key   ${escapeControls(keys.publicPath)} (for those who verify)`,
    `key id       ${keys.keyId}`,
  ];
  process.stdout.write(isJson ? renderJson(keys) : `${text.join('\n')}\n`);
}
