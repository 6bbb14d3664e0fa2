import { dirname, join, resolve } from 'node:path';
import { parseConfig } from '../config/config-document.ts';
import { loadRulePacks } from '../config/rule-packs.ts';
import { shippedPacks } from '../config/shipped-packs.ts';
import { YamlDocument } from '../config/yaml-document.ts';
import { IdleproofError } from '../errors.ts';
import { refuser } from '../errors/refuse.ts';
import { Procfs } from '../os/procfs.ts';
import { renderConfigDraft } from '../render/config-draft.ts';
import { describeCandidates, describeDiscovery } from '../render/discovery-text.ts';
import { discover } from '../session/discover/discover.ts';
import { findCandidates } from '../targets/discovery/listening.ts';
import { DEFAULT_OUT } from './default-out.ts';
import { DEFAULT_PACKS } from './default-packs.ts';
import { refuseExisting, writeConfig } from './config-file.ts';
import { PACKS_FOLDER } from './packs-folder.ts';
import { type SelectorOptions, targetsOf } from './target-options.ts';
import { renderJson } from '../render/json.ts';

export interface InitOptions extends SelectorOptions {
  out: string;
  force?: boolean;
  stdout?: boolean;
  json?: boolean;
}

/** Looks at the apps that are named, and writes a configuration for them. */
export function init(options: InitOptions): void {
  if (process.platform !== 'linux') {
    throw new IdleproofError('PLATFORM_UNSUPPORTED', { platform: process.platform });
  }
  const targets = targetsOf(options, [], refuser('init'));
  if (targets.length === 0) throw nobodyNamed(options);
  const path = resolve(options.out);
  const isWritten = options.stdout !== true;
  if (isWritten && options.force !== true) refuseExisting(options.out);
  const folder = dirname(path);
  const named = targets.map((target, index) => ({ ...target, isNamed: index < options.target.length }));
  const found = discover({ targets: named, ownFolders: [join(folder, DEFAULT_OUT)] });
  const packs = shippedPacks(PACKS_FOLDER).filter(({ name }) => !DEFAULT_PACKS.includes(name));
  const text = renderConfigDraft(found, { folder, rules: DEFAULT_PACKS, otherPacks: packs });
  assertSound(text, folder);
  if (isWritten) writeConfig(options.out, text, options.force === true);
  process.stderr.write(describeDiscovery(found, isWritten ? options.out : null));
  if (options.json === true) process.stdout.write(renderJson(found));
  else process.stdout.write(isWritten ? `${options.out}\n` : text);
}

/** Tells who could be named. */
function nobodyNamed({ json }: InitOptions): IdleproofError {
  const { candidates, hiddenPorts } = findCandidates(new Procfs());
  process.stdout.write(
    json === true
      ? renderJson({ schemaVersion: 1, candidates, hiddenPorts })
      : describeCandidates(candidates, hiddenPorts),
  );
  return new IdleproofError('NO_TARGET', {
    how: '--port 8000, --name nginx or --pid 1234; see idleproof init --help',
  });
}

/** What is written can be read: a draft that cannot is a fault of ours, and nobody is to find out later. */
function assertSound(text: string, folder: string): void {
  const { value, problems } = parseConfig(new YamlDocument(text), folder);
  if (problems !== null) {
    const lines = problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
    throw new Error(`the configuration that was drafted is not sound: ${lines.join('; ')}`);
  }
  loadRulePacks(value.rules ?? DEFAULT_PACKS, { packsFolder: PACKS_FOLDER });
}
