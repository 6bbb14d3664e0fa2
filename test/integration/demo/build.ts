import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Demo, DemoOptions } from '../../../src/demo/launch.ts';

export interface Launch {
  startDemo(options: DemoOptions): Promise<Demo>;
}

/** Compiles src/demo into a folder of its own, since the demo's programs are run by Node itself, not by the tests. */
export async function buildDemo(): Promise<{ folder: string; launch: Launch; remove: () => void }> {
  const root = resolve(import.meta.dirname, '../../..');
  const folder = mkdtempSync(join(tmpdir(), 'idleproof-demo-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const compilerOptions = {
    noEmit: false,
    declaration: false,
    isolatedDeclarations: false,
    rootDir: join(root, 'src'),
    outDir: join(folder, 'dist'),
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: [join(root, 'src/demo')] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]);
  const launch = (await import(pathToFileURL(join(folder, 'dist/demo/launch.js')).href)) as Launch;
  return { folder, launch, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
