import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bashCompletion } from '../../../../src/cli/completion/bash.ts';
import { fishCompletion } from '../../../../src/cli/completion/fish.ts';
import { zshCompletion } from '../../../../src/cli/completion/zsh.ts';
import { PROOF_FORMATS } from '../../../../src/model/proof-format.ts';
import { allCommands } from '../../../support/completion.ts';
import { hasProgram } from '../../../support/programs.ts';
import { typeInto } from '../../../support/terminal.ts';

let folder: string;
const env: NodeJS.ProcessEnv = { PATH: process.env['PATH'], TERM: 'dumb', LC_ALL: 'C.UTF-8' };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-completion-'));
  mkdirSync(join(folder, 'proofs'));
  mkdirSync(join(folder, '.config'));
  writeFileSync(join(folder, 'ours of today.yaml'), '');
  writeFileSync(join(folder, 'proof.json'), '');
  writeFileSync(join(folder, 'idleproof.bash'), bashCompletion(allCommands()));
  writeFileSync(join(folder, 'idleproof.fish'), fishCompletion(allCommands()));
  writeFileSync(join(folder, '_idleproof'), zshCompletion(allCommands()));
  Object.assign(env, { HOME: folder, XDG_CONFIG_HOME: join(folder, '.config'), XDG_DATA_HOME: folder });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function lines(program: string, args: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout.split('\n').filter((text) => text !== '');
}

/** What a shell offers for the last word of a command line. */
type Offered = (words: readonly string[]) => string[];

const inBash: Offered = (words) =>
  lines('bash', [
    '--norc',
    '-c',
    'source ./idleproof.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); $(complete -p idleproof | grep -o "_idleproof\\b"); printf "%s\\n" "${COMPREPLY[@]}"',
    'bash',
    ...words,
  ]);

/** With descriptions, which stand behind a tab. */
const inFish: Offered = (words) =>
  lines('fish', ['--no-config', '-c', 'source idleproof.fish; complete -C "$argv"', words.join(' ')]).map(
    (text) => text.split('\t')[0] ?? '',
  );

const SHELLS: [string, Offered][] = [
  ['bash', inBash],
  ['fish', inFish],
];

describe.each(SHELLS)('completion in %s', (shell, offered) => {
  const itHere = it.skipIf(!hasProgram(shell));

  itHere('offers every command of every group, by its beginning', () => {
    for (const { path, commands } of allCommands().filter((command) => command.commands.length > 0)) {
      const names = commands.map(({ name }) => name);
      expect(offered(['idleproof', ...path, '']).toSorted()).toEqual(names.toSorted());
      for (const name of names) expect(offered(['idleproof', ...path, name.slice(0, -1)])).toContain(name);
    }
  });

  itHere('offers every option of every command', () => {
    for (const { path, options } of allCommands()) {
      const names = options.flatMap((option) => option.names).filter((name) => name.startsWith('--'));
      const expected = names.filter((name) => name !== '--');
      expect(offered(['idleproof', ...path, '--'])).toEqual(expect.arrayContaining(expected));
    }
  });

  itHere('offers the values of choices', () => {
    expect(offered(['idleproof', 'rules', 'schema', '--of', '']).toSorted()).toEqual([
      'config',
      'examples',
      'gates',
      'pack',
    ]);
    expect(offered(['idleproof', 'check', '--collectors', 'p'])).toEqual(['portable']);
    expect(offered(['idleproof', 'completion', '']).toSorted()).toEqual(['bash', 'fish', 'zsh']);
  });

  itHere('offers the next item of a list', () => {
    expect(offered(['idleproof', 'check', '--format', 'json,ht'])).toEqual(['json,html']);
  });

  itHere('offers the formats of the command that is typed', () => {
    const formats = (...command: string[]): string[] =>
      offered(['idleproof', ...command, '--format', '']).toSorted();
    expect(formats('check')).toEqual(PROOF_FORMATS.toSorted());
    expect(formats('report')).toEqual([...PROOF_FORMATS, 'text'].toSorted());
    expect(formats('baseline', 'compare')).toEqual(['html', 'json', 'md', 'text']);
  });

  itHere('offers packs and files for rules, files for proofs, folders for folders', () => {
    expect(offered(['idleproof', 'check', '--rules', 'no-p'])).toContain('no-polling');
    expect(offered(['idleproof', 'check', '--rules', 'ours'])).toHaveLength(1);
    expect(offered(['idleproof', 'verify', 'proof.'])).toEqual(['proof.json']);
    const folders = offered(['idleproof', 'check', '--out', 'proo']).map((name) => name.replace(/\/$/, ''));
    expect(folders).toEqual(['proofs']);
  });

  itHere('offers nothing where only the user knows', () => {
    expect(offered(['idleproof', 'check', '--for', ''])).toEqual([]);
    expect(offered(['idleproof', 'check', '--name', ''])).toEqual([]);
  });

  itHere('takes the value of an option for a value, also where it is called as a command is', () => {
    expect(offered(['idleproof', 'check', '--name', 'rules', '--se'])).toEqual(['--settle']);
  });

  itHere('leaves what follows -- to the command there', () => {
    expect(offered(['idleproof', 'check', '--', 'proof.'])).not.toContain('--port');
    expect(offered(['idleproof', 'check', '--', 'cat', 'proof.'])).toEqual(['proof.json']);
    expect(offered(['idleproof', 'check', '--', 'cat', '--pid'])).not.toContain('--pidfile');
  });
});

describe('completion in bash', () => {
  it('knows --option=value, of which bash makes three words', () => {
    expect(inBash(['idleproof', 'check', '--collectors', '=', 'au'])).toEqual(['auto']);
    expect(inBash(['idleproof', 'check', '--collectors', '='])).toEqual(['auto', 'portable']);
  });

  it('also where the package bash-completion is loaded', ({ skip }) => {
    const script =
      'source /usr/share/bash-completion/bash_completion; source ./idleproof.bash; COMP_WORDS=(idleproof check -- idleproof rules li); COMP_CWORD=5; COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}; _idleproof; printf "%s\\n" "${COMPREPLY[@]}"';
    const isThere = spawnSync('test', ['-e', '/usr/share/bash-completion/bash_completion']).status === 0;
    skip(!isThere, 'the package bash-completion is not installed');
    expect(lines('bash', ['--norc', '-c', script])).toEqual(['lint', 'list']);
  });
});

/** What the shell runs after it completed: the words, each in brackets. */
const PRINT = `idleproof() { for word in "$@"; do printf '[%s]' "$word"; done; echo; }`;

async function ran(shell: string, setUp: string, typed: string): Promise<string> {
  const printed = await typeInto(
    shell,
    [
      { after: '', type: `PS1='ready''> '\n` },
      { after: 'ready> ', type: `${PRINT}\n` },
      { after: 'ready> ', type: `${setUp}\n` },
      { after: 'ready> ', type: `${typed}\n` },
      { after: 'ready> ', type: 'exit\n' },
    ],
    { cwd: folder, env },
  );
  return /\n((?:\[[^\]]*\])+)\r/.exec(printed)?.[1] ?? `nothing: ${printed}`;
}

describe.skipIf(!hasProgram('script'))('typed, with the key', () => {
  it('completes in bash, with the quotes that a name needs', async () => {
    const typed = 'idleproof che\t--coll\tpor\t--ru\tours\t';
    expect(await ran('bash --norc --noprofile -i', 'source ./idleproof.bash', typed)).toBe(
      '[check][--collectors][portable][--rules][ours of today.yaml]',
    );
  });

  it.skipIf(!hasProgram('zsh'))('completes in zsh, from a folder of functions and by source', async () => {
    const here = 'fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; unsetopt prompt_cr prompt_sp';
    expect(await ran('zsh -f -i', here, 'idleproof che\t--coll\tpor\t--ru\tours\t')).toBe(
      '[check][--collectors=portable][--rules=ours of today.yaml]',
    );
    expect(
      await ran(
        'zsh -f -i',
        `${here.replace('($PWD $fpath)', '($fpath)')}; source ./_idleproof`,
        'idleproof rul\tsug\tproof.\t',
      ),
    ).toBe('[rules][suggest][proof.json]');
  });
});
