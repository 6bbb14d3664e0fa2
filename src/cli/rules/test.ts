import { Command } from 'commander';
import { escapeControls } from '../../core/parse/escape-controls.ts';
import type { Tested } from '../../session/test-rules.ts';
import { EXIT } from '../exit-codes.ts';
import { PACKS_FOLDER } from '../packs-folder.ts';
import { toolVersion } from '../version.ts';
import { renderJson } from '../../render/json.ts';

const EXAMPLES = `
Examples:
  idleproof rules test ./ours.test.yaml       the examples in it, for ./ours.yaml
  idleproof rules test ./ours.yaml            the same: ours.test.yaml lies beside it
  idleproof rules test ./*.test.yaml --json

A file of examples (docs/rules.md has all keys):
  examples:
    - name: a call fails
      activities: [{ at: 10s, activity: network, remote.ip: 192.0.2.7, remote.port: 443 }]
      expect: { no-calls: fail }
    - name: what a check saw last week
      evidence: ./reports/2026-11-20_1400_app/evidence.db
      expect: { no-calls: pass }

Exit codes: 0 as expected, 1 some verdict differs, 3 usage, or a mistake in a file, 4 idleproof itself failed.`;

interface TestOptions {
  json?: boolean;
}

type TestedFile = { file: string; examples: Tested[] };

/** `idleproof rules test`: examples of rules, evidence in, verdicts out. */
export function testCommand(done: (exitCode: number) => void): Command {
  return new Command('test')
    .description('judge the examples of packs, and tell which verdicts differ')
    .argument('<file...>', 'files of examples, or the packs that they lie beside')
    .option('--json', 'print what came of them as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], options: TestOptions) => done(await test(files, options)));
}

async function test(names: readonly string[], { json }: TestOptions): Promise<number> {
  const { loadExamples } = await import('../../config/example-file.ts');
  const { testRules } = await import('../../session/test-rules.ts');
  const tested = names.map((name): TestedFile => {
    const { file, ...read } = loadExamples(name, { packsFolder: PACKS_FOLDER });
    return { file, examples: testRules(read, toolVersion()) };
  });
  process.stdout.write(json === true ? renderJson(tested) : describe(tested));
  return tested.flatMap(({ examples }) => examples).every(isAsExpected) ? EXIT.pass : EXIT.fail;
}

const isAsExpected = ({ differences }: Tested): boolean => differences.length === 0;

function describe(tested: readonly TestedFile[]): string {
  const lines = tested.flatMap(({ file, examples }) => [
    ...examples.flatMap((one) => differenceLines(file, one)),
    `${file}: ${examples.filter(isAsExpected).length} of ${examples.length} examples are as expected`,
  ]);
  return `${lines.map(escapeControls).join('\n')}\n`;
}

function differenceLines(file: string, { name, differences }: Tested): string[] {
  if (differences.length === 0) return [];
  return [
    `DIFFERS: ${name} (${file})`,
    ...differences.flatMap(({ of, expected, found, reason }) => [
      `  ${of}: expected ${expected}, found ${found}`,
      ...(reason === null ? [] : [`    ${reason}`]),
    ]),
  ];
}
