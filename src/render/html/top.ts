import { sayExcluded } from '../../core/proof/excluded.ts';
import { spell } from '../../core/wording/amounts.ts';
import type { Proof, ProofTime } from '../../model/proof.ts';
import type { Verdict } from '../../model/verdict.ts';
import { facts } from './table.ts';
import { type Html, html } from './markup.ts';

/** `2026-11-20 08:01:00 +01:00`: the host's own time, without its milliseconds. */
export const localTime = ({ local }: ProofTime): string =>
  local
    .replace('T', ' ')
    .replace(/\.\d+/, '')
    .replace(/([+-]\d\d:\d\d)$/, ' $1');

/** The verdict in a word, then what it rests on in large letters and what it leaves open in small ones behind it. */
export function headlineOf(verdict: Verdict, headline: string): Html {
  const word = verdict.toUpperCase();
  // The sentence begins with the verdict, which stands above it.
  const sentence = headline.startsWith(`${word}: `) ? headline.slice(word.length + 2) : headline;
  const at = sentence.indexOf(' · ');
  const [claim, rest] = at < 0 ? [sentence, ''] : [sentence.slice(0, at), sentence.slice(at + 3)];
  return html`<h1><span class="verdict">${word}</span> <span class="headline">${claim}</span> <span class="qualifiers">${rest}</span></h1>`;
}

/** The verdict and its sentence, with what a reader asks first: when, how well, what would have been seen, and what not. */
export function top(proof: Proof): Html {
  const { verdict, headline, window, coverage, notWatched } = proof;
  return html`<header class="top ${verdict}">
<p class="brand"><b>idleproof</b> proof of an idle window</p>
${headlineOf(verdict, headline)}
${facts([
  [
    'Window',
    html`${localTime(window.opened)}, ${spell(window.durationSeconds * 1000)} after ${spell(window.settleSeconds * 1000)} of settling`,
  ],
  [
    'Looked at',
    html`${(coverage.share * 100).toFixed(1)} % of it, ${coverage.ticks.taken} of ${coverage.ticks.expected} looks, longest gap ${spell(coverage.ticks.longestGapSeconds * 1000)}`,
  ],
  ['Would have been seen', html`${sayExcluded(coverage.excludes) || 'nothing for certain'}`],
  ['Not watched', html`${notWatched.join(', ') || 'nothing was left out'}`],
])}
</header>`;
}
