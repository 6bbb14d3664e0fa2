import { spell } from '../../core/wording/amounts.ts';
import type { Charts, CoverageBar } from '../../model/charts.ts';
import type { Proof } from '../../model/proof.ts';
import { type Html, html, NOTHING, px } from './markup.ts';
import { table } from './table.ts';

const WIDTH = 320;
const HEIGHT = 14;

/** What the evidence covers: a bar a collector, broken where it did not look. */
export function coverage(proof: Proof, charts: Charts): Html {
  const { coverage: covered, controls } = proof;
  const loop = charts.coverage.find(({ collector }) => collector === 'loop');
  const rows = covered.collectors.map(({ name, target, tier, status, reason, lost, cpuSeconds }) => {
    const bar = charts.coverage.find((one) => one.collector === name && one.target === target);
    return [
      html`${target === null ? name : `${name} (${target})`}`,
      html`${status === 'unavailable' ? '' : tier}`,
      html`<span class="status ${status}">${status}</span>${lost > 0 ? html`, ${lost} lost` : NOTHING}`,
      status === 'unavailable' ? html`<span class="unknown">nothing seen</span>` : barSvg(bar, charts, name),
      cpuSeconds === null ? html`unknown` : html`${(cpuSeconds * 1000).toFixed(1)} ms`,
      html`${reason ?? ''}`,
    ];
  });
  const loopRow = [
    html`<b>looks</b>`,
    html``,
    html`${(covered.share * 100).toFixed(1)} %`,
    barSvg(loop, charts, 'looks'),
    html``,
    html`${covered.ticks.taken} of ${covered.ticks.expected}, longest gap ${spell(covered.ticks.longestGapSeconds * 1000)}`,
  ];
  const columns = [
    { title: 'Collector' },
    { title: 'Tier' },
    { title: 'Status' },
    { title: 'The window' },
    { title: 'Own cost', isNumber: true },
    { title: 'Remarks' },
  ];
  return html`<section aria-labelledby="coverage"><h2 id="coverage">What the evidence covers</h2>
${table('Collectors, how they knew, and when they looked', columns, [loopRow, ...rows])}
${planted(controls)}</section>`;
}

function barSvg(bar: CoverageBar | undefined, { window }: Charts, name: string): Html {
  const gaps = bar?.gaps ?? [];
  const span = Math.max(window.to - window.from, 1e-3);
  const holes = gaps.map(({ from, to }) => {
    const left = ((from - window.from) / span) * WIDTH;
    const width = Math.max(1.5, ((to - from) / span) * WIDTH);
    return html`<rect class="hole" x="${px(Math.min(left, WIDTH - width))}" y="0" width="${px(width)}" height="${HEIGHT}"/>`;
  });
  const seconds = gaps.reduce((sum, { from, to }) => sum + to - from, 0);
  const words =
    gaps.length === 0 ? 'without a gap' : `${gaps.length} gaps, ${Math.round(seconds * 10) / 10} s together`;
  return html`<svg class="bar" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${name}: ${words}"><rect class="covered" x="0" y="4" width="${WIDTH}" height="${HEIGHT - 8}"/>${holes}</svg>`;
}

/** What the watchdog did itself, so that it had to be seen. */
function planted(controls: Proof['controls']): Html {
  if (controls.length === 0) return NOTHING;
  const told = controls.map(
    ({ name, planted: count, by }) =>
      html`<li>${count} × ${name}: ${by.length === 0 ? 'not caught' : `caught by ${by.join(' and ')}`}</li>`,
  );
  return html`<h3>Planted by the watchdog, to prove that it sees</h3><ul>${told}</ul>`;
}
