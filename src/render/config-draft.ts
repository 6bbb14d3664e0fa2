import { Document, type Node, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Discovery } from '../model/discovery.ts';
import { targetsNode } from './draft-targets.ts';
import { type DraftUser, draftUser } from './draft-user.ts';
import { asComment, flowList, inline, textOf } from './draft-yaml.ts';

export interface DraftContext {
  /** Where the configuration will lie: paths in it are relative to there. */
  folder: string;
  /** Names of the packs to use. */
  rules: readonly string[];
  /** More packs that ship, to be suggested. */
  otherPacks: readonly { name: string; about: string }[];
}

/** A commented idleproof.yaml for what was found. Texts of the app are values that the YAML library quotes, or comments of one line. */
export function renderConfigDraft({ targets }: Discovery, context: DraftContext): string {
  const document = new Document({});
  const root = document.contents as unknown as YAMLMap;
  const add = (key: string, value: Node, comment: readonly string[]): void => {
    const name = new Scalar(key);
    name.spaceBefore = root.items.length > 0;
    name.commentBefore = asComment(comment);
    root.add(document.createPair(name, value));
  };
  document.commentBefore = asComment(HEAD);
  add('targets', targetsNode(document, targets, context.folder), [
    'What to watch, each with its whole process tree.',
  ]);
  const user = draftUser(targets);
  if (user.causes.length > 0) add('user', flowList(document, user.causes), user.comment);
  add('windows', windowsNode(document, user), windowsComment(user));
  add('rules', rulesNode(document, context), [
    'What must not happen in a window: names of packs that ship, or files such as ./rules/ours.yaml.',
  ]);
  add('reports', document.createNode({ dir: 'reports', formats: ['json', 'md'] }, { flow: true }), [
    'A folder for each proof.',
  ]);
  document.comment = asComment(suggestions());
  return textOf(document);
}

const HEAD: readonly string[] = [
  'Written by `idleproof init` from what a running app showed of itself. Read it, and make it yours.',
  'Lines that are commented out are suggestions. Paths are relative to this file.',
];

function windowsNode(document: Document, { causes }: DraftUser): Node {
  const quiet = { id: 'after-use', trigger: 'user-quiet', quietFor: '60s', settle: '10s' };
  const nightly = { id: 'nightly', trigger: 'schedule', cron: '0 3 * * *', duration: '1h' };
  const byHand = { id: 'by-hand', trigger: 'manual' };
  return flowList(document, causes.length > 0 ? [quiet, nightly, byHand] : [nightly, byHand]);
}

function windowsComment({ causes }: DraftUser): string[] {
  const quiet =
    causes.length > 0
      ? ['after-use opens when nobody has used the app for a minute.']
      : [
          'What counts as use is not known, so that no window can open after it. Where an events table is there:',
          'user: [ { activity: event, match: { type: user_message } } ]',
          'and here { id: after-use, trigger: user-quiet, quietFor: 60s }',
        ];
  return [
    'When `idleproof watch` proves that the app is idle; `idleproof check` has a window of its own.',
    ...quiet,
    'nightly is by the clock; by-hand is opened by `idleproof window open by-hand`.',
  ];
}

function rulesNode(document: Document, { rules, otherPacks }: DraftContext): Node {
  const list = document.createNode([...rules]) as YAMLSeq;
  list.comment = asComment(otherPacks.map(({ name, about }) => `- ${name}   # ${about}`));
  return list;
}

function suggestions(): string[] {
  return [
    'More that can be had; take the `# ` away.',
    ...commentedOut({ strict: true }, 'warnings make a window inconclusive, too'),
    ...commentedOut({ state: './state' }, 'where `watch` keeps its evidence; else by the user'),
    ...commentedOut({ retention: { evidence: '30d', size: '2GB' } }, 'proofs are kept'),
    ...commentedOut({ metrics: { listen: '127.0.0.1:9477' } }, 'for Prometheus'),
    ...commentedOut(
      { alerts: [{ type: 'webhook', url: '${ALERT_URL}' }] },
      'secrets come from the environment',
    ),
  ];
}

function commentedOut(entry: object, why: string): string[] {
  const [[key, value] = ['', null]] = Object.entries(entry) as [string, unknown][];
  return [`${key}: ${inline(value)}   # ${why}`];
}
