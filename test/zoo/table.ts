import { CLAIMS, type Claim, type Outcome, type PeriodError, type Score, WAKES_LIMIT } from './score.ts';

export interface Row {
  name: string;
  about: string;
  /** By mode. */
  scores: Record<string, Score>;
}

const TITLES: Record<Claim, string> = {
  network: 'calls somebody',
  'network-period': 'calls on a timer',
  spawns: 'starts processes',
  'spawn-period': 'starts processes on a timer',
  wakes: `wakes more than once in ${1 / WAKES_LIMIT} s`,
  'wake-period': 'wakes on a timer',
  keepalives: 'has a connection that the kernel keeps alive',
};

const rowsOf = (...rows: readonly (readonly (string | number)[])[]): string =>
  rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** The page's tables: what became of each claim in each mode, and what was found of each program. */
export function describeZoo(rows: readonly Row[], modes: readonly string[], seconds: number): string {
  const strangers = modes.map((mode) => {
    const count = rows.reduce((sum, { scores }) => sum + (scores[mode]?.strangers.length ?? 0), 0);
    return `${count} (${mode})`;
  });
  return [
    `${rows.length} programs, ${seconds} s each.`,
    ...modes.map((mode) => `\n### ${mode}\n\n${confusion(rows, mode)}\n\n${reasons(rows, mode)}`),
    `\nFindings about a remote end that a program does not call: ${strangers.join(', ')}.`,
    ...modes.map((mode) => `\n### Periods and jitter: ${mode}\n\n${periods(rows, mode)}`),
    `\n### Each program\n\n${programs(rows, modes)}`,
  ].join('\n');
}

function confusion(rows: readonly Row[], mode: string): string {
  const all = rows.flatMap(({ scores }) => scores[mode]?.judged ?? []);
  const lines = CLAIMS.map((claim) => {
    const count = (does: boolean, ...outcomes: Outcome[]): number =>
      all.filter((one) => one.claim === claim && one.does === does && outcomes.includes(one.outcome)).length;
    return [
      TITLES[claim],
      count(true, 'found', 'missed', 'undecided'),
      count(true, 'found'),
      count(true, 'undecided'),
      count(true, 'missed'),
      count(false, 'cleared', 'accused', 'undecided'),
      count(false, 'cleared'),
      count(false, 'undecided'),
      count(false, 'accused'),
    ];
  });
  const head = [
    'it',
    'does',
    'found',
    'cannot tell',
    'missed',
    'does not',
    'cleared',
    'cannot tell',
    'accused',
  ];
  return rowsOf(head, ['---', ...head.slice(1).map(() => '---:')], ...lines);
}

/** Why it cannot tell, most frequent first; numbers are left out of the sentences. */
function reasons(rows: readonly Row[], mode: string): string {
  const counts = new Map<string, number>();
  for (const { outcome, reason } of rows.flatMap(({ scores }) => scores[mode]?.judged ?? [])) {
    if (outcome !== 'undecided' || reason === null) continue;
    const kind = (reason.split('; ')[0] ?? '').replaceAll(/\d[\d.,]*/g, '…').slice(0, 200);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const sorted = [...counts].toSorted(([, one], [, other]) => other - one);
  if (sorted.length === 0) return 'It could always tell.';
  return ['Why it cannot tell:', '', ...sorted.map(([kind, count]) => `- ${count} times: ${kind}`)].join(
    '\n',
  );
}

function periods(rows: readonly Row[], mode: string): string {
  const all = rows.flatMap(({ scores }) => scores[mode]?.periods ?? []);
  if (all.every(({ foundSeconds }) => foundSeconds === null)) return 'No period was found.';
  const lines = rows.flatMap(({ name, scores }) =>
    (scores[mode]?.periods ?? []).map((one) => [name, one.of, ...cellsOf(one)]),
  );
  const head = [
    'program',
    'of',
    'true period',
    'found',
    'error',
    'true jitter',
    'found',
    'true beats',
    'found',
  ];
  return rowsOf(head, ['---', '---', ...head.slice(2).map(() => '---:')], ...lines);
}

function cellsOf(one: PeriodError): string[] {
  const seconds = (value: number | null): string => (value === null ? '–' : `${value.toPrecision(4)} s`);
  const ms = (value: number | null): string => (value === null ? '–' : `${(1000 * value).toPrecision(3)} ms`);
  const error = one.foundSeconds === null ? null : one.foundSeconds / one.trueSeconds - 1;
  return [
    seconds(one.trueSeconds),
    seconds(one.foundSeconds),
    error === null ? '–' : `${(100 * error).toFixed(3)} %`,
    ms(one.trueJitterSeconds),
    ms(one.foundJitterSeconds),
    String(one.trueBeats ?? '–'),
    String(one.foundBeats ?? '–'),
  ];
}

function programs(rows: readonly Row[], modes: readonly string[]): string {
  const wakes = (value: number | null | undefined): string =>
    value === null || value === undefined ? '–' : value.toFixed(value < 10 ? 1 : 0);
  const wrong = (score: Score | undefined): string => {
    if (score === undefined) return '–';
    const told = (outcome: Outcome): string[] =>
      score.judged.filter((one) => one.outcome === outcome).map(({ claim }) => `${outcome} ${claim}`);
    const cannot = score.judged.filter(({ outcome }) => outcome === 'undecided').map(({ claim }) => claim);
    return [
      ...told('missed'),
      ...told('accused'),
      ...score.strangers,
      ...(cannot.length === 0 ? [] : [`cannot tell: ${cannot.join(', ')}`]),
    ].join('; ');
  };
  const lines = rows.map(({ name, about, scores }) => [
    name,
    about,
    wakes(scores[modes[0] ?? '']?.wakesPerMinute.seen),
    ...modes.flatMap((mode) => [wakes(scores[mode]?.wakesPerMinute.found), wrong(scores[mode])]),
  ]);
  const head = ['program', 'while idle', 'wakes a minute'];
  const more = modes.flatMap((mode) => [`found, ${mode}`, `not right, ${mode}`]);
  const align = ['---', '---', '---:', ...modes.flatMap(() => ['---:', '---'])];
  return rowsOf([...head, ...more], align, ...lines);
}
