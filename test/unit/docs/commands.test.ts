import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allCommands } from '../../support/completion.ts';
import {
  commandsOfLines,
  commandsOfPage,
  complaintAbout,
  wordsOf,
} from '../../support/documented-commands.ts';

const pages = [
  ...['README.md', 'SECURITY.md'].filter((path) => existsSync(path)),
  ...readdirSync('docs').map((name) => join('docs', name)),
];

/** Options of other programs that the pages name: npm, its scripts, mail, curl and an app. */
const OF_OTHERS = new Set([
  '--write',
  '--again',
  '--global',
  '--include',
  '--omit',
  '--quiet',
  '--unix-socket',
  '--password',
  '--only',
  '--seed',
  '--jobs',
  '--resume',
  '--quick',
  '--hours',
  '--keep',
  '--install',
  '--seconds',
  '--at-once',
]);

describe.each(pages)('%s', (path) => {
  const page = readFileSync(path, 'utf8');

  it('shows only commands that idleproof takes', () => {
    const complaints = commandsOfPage(page).map(complaintAbout);
    expect(complaints.filter((complaint) => complaint !== null)).toEqual([]);
  });

  it('names only options that there are', () => {
    const known = new Set(allCommands().flatMap(({ options }) => options.flatMap(({ names }) => names)));
    const named = [...page.matchAll(/(?<=^|[\s`([])--[a-z][a-z-]*/gmu)].map(([name]) => name);
    expect(named.filter((name) => !known.has(name) && !OF_OTHERS.has(name))).toEqual([]);
  });

  it('links to files that there are', () => {
    const links = [...page.matchAll(/\]\((?!https?:|#)([^)#]+)/gu)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(join(path, '..', link)))).toEqual([]);
  });
});

describe('command lines of pages', () => {
  it('are found in blocks and in sentences', () => {
    const found = commandsOfPage(
      'Say `idleproof watch`.\n\n```sh\nsudo npx idleproof check --port 1   # a remark\n```\n',
    );
    expect(found).toEqual([
      { text: 'sudo npx idleproof check --port 1', whole: true },
      { text: 'idleproof watch', whole: false },
    ]);
    expect(pages.flatMap((path) => commandsOfPage(readFileSync(path, 'utf8'))).length).toBeGreaterThan(60);
  });

  it.each([
    'idleproof chekc --port 8000',
    'idleproof check --prot 8000',
    'idleproof rules schema --of nothing',
    'idleproof baseline pin x',
  ])('%s would be complained about', (text) => {
    expect(complaintAbout({ text, whole: true })).not.toBeNull();
  });

  it('end where another begins', () => {
    expect(wordsOf("idleproof check --json | jq '.a b' > x")).toEqual(['idleproof', 'check', '--json']);
    expect(commandsOfLines('  - idleproof check -- node a.js')[0]?.text).toBe('idleproof check -- node a.js');
  });
});
