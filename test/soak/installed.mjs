// The package as npm would install it, beside its dependencies.
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Packs this checkout, which must be built, and unpacks it below `folder`, with the dependencies that are installed here: the same files
 * as from a registry, without asking one. Returns the folder of the package.
 */
export function installPackage(folder) {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(run('npm', pack, root));
  const to = join(folder, 'installed');
  mkdirSync(to);
  run('tar', ['-xzf', join(folder, filename), '-C', to], folder);
  const installed = join(to, 'package');
  symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'));
  return installed;
}

function run(command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${stderr}`);
  return stdout;
}
