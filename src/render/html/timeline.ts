import { counted, spell } from '../../core/wording/amounts.ts';
import type { Charts, Lane, Plot, PlotId, TargetCharts } from '../../model/charts.ts';
import type { Proof, ProofTarget } from '../../model/proof.ts';
import { LANE_NAMES, lanesSvg, plotSvg, spellValue } from './plot-svg.ts';
import { type Html, html, NOTHING } from './markup.ts';

const TITLES: Readonly<Record<PlotId, string>> = {
  cpu: 'CPU, of one core',
  memory: 'Memory',
  wakeups: 'Wakeups',
  network: 'Network',
};

/** What every target did, on one time axis. A script, where one may run, puts plots that can be zoomed in place of these. */
export function timeline(proof: Proof, charts: Charts): Html {
  const { settle, gap } = legendOf(charts);
  const legend = [
    html`<span class="key"><i class="swatch window"></i>the window</span>`,
    ...(settle ? [html`<span class="key"><i class="swatch around"></i>before and after it</span>`] : []),
    ...(gap
      ? [html`<span class="key"><i class="swatch gap"></i>nobody looked, or proves nothing</span>`]
      : []),
  ];
  const left = proof.targets.length - charts.targets.length;
  return html`<section aria-labelledby="timeline"><h2 id="timeline">Time line</h2>
<p class="legend">${legend}</p>
<div id="tools"></div>
${charts.targets.map((target, index) => targetCharts(target, index, proof, charts))}
${left > 0 ? html`<p>${counted(left, 'more target')} not drawn.</p>` : NOTHING}${shadeList(charts)}</section>`;
}

const legendOf = ({ shades }: Charts): { settle: boolean; gap: boolean } => ({
  settle: shades.some(({ kind }) => kind === 'settle' || kind === 'stop'),
  gap: shades.some(({ kind }) => kind !== 'settle' && kind !== 'stop'),
});

function targetCharts(target: TargetCharts, index: number, proof: Proof, charts: Charts): Html {
  const about = proof.targets.find(({ name }) => name === target.name);
  return html`<div class="target"><h3>${target.name}</h3>
${target.plots.map((plot, at) => plotFigure(plot, { id: `${index}-${at}`, target, about, charts }))}
${lanesFigure(target, index, charts)}</div>`;
}

interface Around {
  id: string;
  target: TargetCharts;
  about: ProofTarget | undefined;
  charts: Charts;
}

function plotFigure(plot: Plot, { id, target, about, charts }: Around): Html {
  const title = TITLES[plot.id];
  const caption = html`<figcaption><b>${title}</b> <span class="summary">${summaryOf(plot, about)}</span>${plot.lines.length > 1 ? plot.lines.map(({ label }, line) => html` <span class="key"><i class="swatch line-${line}"></i>${label}</span>`) : NOTHING}<output class="readout" aria-hidden="true"></output></figcaption>`;
  const drawing =
    plot.lines.length === 0
      ? html`<p class="unknown">Not known.</p>`
      : html`<div class="drawing" tabindex="0" role="group" aria-label="${title} of ${target.name}" data-plot="${id}">${plotSvg(plot, charts, target.name)}</div>`;
  return html`<figure>${caption}${drawing}${notesOf(plot)}</figure>
`;
}

function notesOf({ thinnedSeconds, doubt }: Plot): Html {
  const thinned =
    thinnedSeconds === null
      ? NOTHING
      : html`<p class="note">Of each ${spell(roughly(thinnedSeconds) * 1000)} the smallest and the largest value are drawn.</p>`;
  return html`${doubt === null ? NOTHING : html`<p class="note">${doubt}.</p>`}${thinned}`;
}

/** Whole minutes, or two digits of seconds. */
const roughly = (seconds: number): number =>
  seconds < 120 ? Number(seconds.toPrecision(2)) : Math.round(seconds / 60) * 60;

/** What the plot shows, in words, of the window alone. */
function summaryOf(plot: Plot, about: ProofTarget | undefined): string {
  const [name = ''] = plot.metrics;
  const known = about?.metrics[name];
  if (known == null) return plot.id === 'network' ? networkSummary(plot) : '';
  const bound = known.atLeast ? 'at least ' : '';
  return `mean ${bound}${spellValue(plot, known.mean)}, p95 ${spellValue(plot, known.p95)}, max ${spellValue(plot, known.max)}`;
}

function networkSummary(plot: Plot): string {
  return plot.lines
    .map(({ label, values }) => {
      const most = values.reduce<number>((max, value) => Math.max(max, value ?? 0), 0);
      // Where some was not seen, nothing is said of it.
      const isWhole = plot.doubt === null && !values.includes(null);
      if (most === 0) return isWhole ? `nothing ${label}` : `nothing seen to be ${label}`;
      return `${label} up to ${spellValue(plot, most)}`;
    })
    .join(', ');
}

function lanesFigure({ name, lanes }: TargetCharts, index: number, charts: Charts): Html {
  return html`<figure><figcaption><b>Activity</b> <span class="summary">${lanes.map(sayLane).join(', ')}</span><output class="readout" aria-hidden="true"></output></figcaption><div class="drawing" tabindex="0" role="group" aria-label="Activity of ${name}" data-lanes="${index}">${lanesSvg(lanes, charts, name)}</div></figure>`;
}

const sayLane = ({ kind, total, isWatched }: Lane): string =>
  `${LANE_NAMES[kind]} ${isWatched ? total : 'not watched'}`;

/** The shades in words; many gaps are one line. */
function shadeList({ shades }: Charts): Html {
  const told = shades.filter(({ kind }) => kind !== 'settle' && kind !== 'stop');
  if (told.length === 0) return NOTHING;
  const shown = told.slice(0, 20);
  const items = shown.map(
    ({ from, to, target, text }) =>
      html`<li>${from} s to ${to} s${target === null ? '' : ` (${target})`}: ${text}</li>`,
  );
  const more = told.length - shown.length;
  return html`<details><summary>${told.length === 1 ? '1 stretch that proves' : `${told.length} stretches that prove`} nothing</summary><ul>${items}${more > 0 ? html`<li>${more} more</li>` : NOTHING}</ul></details>`;
}
