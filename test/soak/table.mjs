// The page of a soak.

const ROWS = 12;
const DAY_MS = 86_400_000;
const rowsOf = (...rows) => rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** `exitCode`: of the daemon; `store`: bytes of its evidence, and as predicted; `ledger`: of makeLedger; `samples`: costs with `atMs` since the beginning. */
export function describeSoak({ durationMs, windowMs, seed, exitCode, store, ledger, samples }) {
  const { kinds, pairs, windows } = ledger;
  const verdicts = ['pass', 'fail', 'inconclusive'].map(
    (verdict) => `${windows.filter((one) => one.verdict === verdict).length} ${verdict}`,
  );
  const wrong = windows.filter(({ isFalsePass, isFalseFail }) => isFalsePass || isFalseFail);
  const unsure = windows.filter(({ verdict }) => verdict === 'inconclusive');
  return [
    `${hours(durationMs)} of \`idleproof watch\`, as installed, on the demo app, nginx and redis-server; windows of ${Math.round(windowMs / 1000)} s at most, seed ${seed}. It ended with exit code ${exitCode}.`,
    '',
    rowsOf(
      ['planted', 'number', 'surely in a judged window', 'at the edge of one'],
      ['---', '---:', '---:', '---:'],
      ...kinds.map(({ title, planted, inside, edge }) => [title, planted, inside, edge]),
    ),
    '',
    rowsOf(
      ['target', 'rule', 'planted in windows', 'at an edge', 'found', 'missed', 'found and not planted'],
      ['---', '---', '---:', '---:', '---:', '---:', '---:'],
      ...pairs.map((one) => [one.target, one.rule, one.inside, one.edge, one.found, one.missed, one.surplus]),
    ),
    '',
    `${windows.length} windows: ${verdicts.join(', ')}. A pass with something planted in it: ${windows.filter(({ isFalsePass }) => isFalsePass).length}. A fail with nothing planted: ${windows.filter(({ isFalseFail }) => isFalseFail).length}.`,
    ...[...wrong, ...unsure].slice(0, 10).map(({ opened, headline }) => `- ${opened}: ${headline}`),
    '',
    overTime(samples),
    '',
    `The evidence took ${mb(store.bytes, 2)} MB in the end${aDay(store.bytes, durationMs)}; ${mb(store.predictedBytes, 2)} MB were predicted (as for [the evidence store](#the-evidence-store), on simulated time: three targets of five processes together, one of which wakes every second, in windows as long; nothing is planted, and nobody chats).`,
  ].join('\n');
}

function overTime(samples) {
  const every = Math.max(1, Math.ceil(samples.length / ROWS));
  const shown = samples.filter((_, at) => at % every === 0 || at === samples.length - 1);
  const lines = shown.map(({ atMs, rssBytes, cpuSeconds, proofs }) => [
    hours(atMs),
    mb(rssBytes, 1),
    cpuSeconds.toFixed(1),
    proofs,
  ]);
  return [
    rowsOf(['after', 'RSS MB', 'CPU s', 'proofs'], ['---:', '---:', '---:', '---:'], ...lines),
    '',
    growth(samples),
  ].join('\n');
}

/** From a quarter of the time on: before that it compiles. */
function growth(samples) {
  const late = samples.slice(Math.floor(samples.length / 4));
  const [first, last] = [late[0], late.at(-1)];
  if (first === undefined || last === undefined || last.atMs === first.atMs) return '';
  const anHour = (of) => ((last[of] - first[of]) / (last.atMs - first.atMs)) * 3_600_000;
  const slopes = late.flatMap((one, at) =>
    late.slice(at + 1).map((other) => (other.rssBytes - one.rssBytes) / (other.atMs - one.atMs)),
  );
  const slope = slopes.sort((one, other) => one - other)[slopes.length >> 1] * 3_600_000;
  return `After the first quarter: resident memory ${signed(slope / 1e6)} MB an hour (median of the slopes between all pairs), CPU ${anHour('cpuSeconds').toFixed(0)} s an hour.`;
}

const mb = (bytes, digits) => (bytes / 1e6).toFixed(digits);
const signed = (value) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;

function hours(ms) {
  return ms < 3_600_000 ? `${(ms / 60_000).toFixed(1)} min` : `${(ms / 3_600_000).toFixed(2)} h`;
}

/** Nothing follows from a run that was ended before its first sample but one. */
function aDay(bytes, durationMs) {
  return durationMs > 0
    ? `, which makes ${mb((bytes * DAY_MS) / durationMs, 0)} MB a day of such windows`
    : '';
}
