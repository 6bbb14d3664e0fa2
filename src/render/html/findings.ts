import { counted, short, spell } from '../../core/wording/amounts.ts';
import type { Charts } from '../../model/charts.ts';
import type { Finding, Period, Proof } from '../../model/proof.ts';
import { beatsSvg, intervalsSvg, phaseSvg } from './period-svg.ts';
import { type Html, html, NOTHING } from './markup.ts';
import { facts } from './table.ts';
import { localTime } from './top.ts';

/** A page with more would not be read; the JSON has them all. */
const MAX_FINDINGS = 100;
const MAX_PERIODS = 20;
const MAX_ACTORS = 10;

/** Who did what, and how often; of what repeats, its beats, intervals and phases. */
export function findings({ findings: all, rules }: Proof, charts: Charts): Html {
  if (all.length === 0) return NOTHING;
  const shown = all.slice(0, MAX_FINDINGS);
  const drawn = new Set(shown.filter(({ period }) => period !== null).slice(0, MAX_PERIODS));
  const more = all.length - shown.length;
  const breaking = new Set(
    rules.flatMap((rule) => (rule.severity === 'error' ? rule.findings.map(({ id }) => id) : [])),
  );
  return html`<section aria-labelledby="findings"><h2 id="findings">Found</h2>
${shown.map((finding) => card(finding, breaking.has(finding.id), drawn.has(finding) ? charts : null))}
${more > 0 ? html`<p>${more} more in <code>proof.json</code>.</p>` : NOTHING}</section>`;
}

/** @param isBreaking else it is of a rule that only warns, and changes no verdict */
function card(finding: Finding, isBreaking: boolean, charts: Charts | null): Html {
  const { ruleId, target, text, period } = finding;
  return html`<article class="finding"><p class="over"><code class="${isBreaking ? 'fail' : 'warn'}">${ruleId}</code> ${target}${isBreaking ? '' : ' (warning)'}</p><h3>${text}</h3>
${period !== null && charts !== null ? periodPlots(finding, period, charts) : NOTHING}
${facts(rowsOf(finding))}
${examplesOf(finding)}</article>
`;
}

function rowsOf({ count, firstAt, lastAt, actors, period }: Finding): (readonly [string, Html])[] {
  const rows: (readonly [string, Html])[] = [['How often', html`${counted(count, 'time')}`]];
  if (firstAt !== null && lastAt !== null) {
    const [first, last] = [localTime(firstAt), localTime(lastAt)];
    rows.push(['When', first === last ? html`${first}` : html`${first} to ${last}`]);
  }
  if (actors.length > 0) rows.push(['Who', whoOf(actors)]);
  if (period !== null) rows.push(...periodRows(period));
  return rows;
}

function whoOf(actors: Finding['actors']): Html {
  const shown = actors
    .slice(0, MAX_ACTORS)
    .map(
      ({ pid, name, cmdline, thread }) =>
        html`<li>${name} (pid ${pid}${thread === null ? '' : `, thread ${thread}`}) <code>${cmdline}</code></li>`,
    );
  const more = actors.length - shown.length;
  return html`<ul class="plain">${shown}${more > 0 ? html`<li>${more} more</li>` : NOTHING}</ul>`;
}

const MODELS: Readonly<Record<Period['model'], string>> = {
  clock: 'beats keep their place (a clock)',
  renewal: 'each interval begins at the last beat (a sleep)',
};

function periodRows(period: Period): (readonly [string, Html])[] {
  const { seconds, secondsInterval, jitterSeconds, beats, missed, model, falseAlarmProbability } = period;
  const [from, to] = [secondsInterval.from, secondsInterval.to].map((value) => spell(value * 1000));
  return [
    ['Period', html`${spell(seconds * 1000)}, with 95 % confidence ${from ?? ''} to ${to ?? ''}`],
    ['Jitter', html`${spell(Number((jitterSeconds * 1000).toPrecision(2)))}; ${MODELS[model]}`],
    ['Beats', html`${short(beats)}, ${missed === 0 ? 'none' : short(missed)} missed`],
    ['By chance', html`p = ${Number(falseAlarmProbability.toPrecision(1))}`],
  ];
}

function periodPlots({ id }: Finding, period: Period, charts: Charts): Html {
  const beats = charts.beats[id] ?? [];
  const left = period.beats - beats.length;
  return html`<div class="period"><div class="rhythm">
<figure><figcaption><b>Beats</b>${left > 0 ? html` <span class="summary">${left} not drawn</span>` : NOTHING}</figcaption>${beatsSvg(beats, period, charts)}</figure>
<figure><figcaption><b>Intervals</b> <span class="summary">from beat to beat; the band is the period at 95 %</span></figcaption>${intervalsSvg(period)}</figure></div>
<figure><figcaption><b>Phase</b> <span class="summary">a turn is a period</span></figcaption>${phaseSvg(period)}</figure></div>`;
}

function examplesOf({ examples }: Finding): Html {
  if (examples.length === 0) return NOTHING;
  return html`<details><summary>Examples</summary><ul class="plain">${examples.map((example) => html`<li><code>${example}</code></li>`)}</ul></details>`;
}
