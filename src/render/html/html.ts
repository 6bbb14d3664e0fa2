import type { Charts } from '../../model/charts.ts';
import type { Proof } from '../../model/proof.ts';
import { coverage } from './coverage.ts';
import { documentOf, type InlineAsset } from './document.ts';
import { about } from './facts.ts';
import { findings } from './findings.ts';
import { gates } from './gates.ts';
import { html } from './markup.ts';
import { pageData } from './page-data.ts';
import { targets } from './targets.ts';
import { timeline } from './timeline.ts';
import { localTime, top } from './top.ts';

/** Neither may hold the end of the element that it is put in. */
export interface PageAssets {
  style: InlineAsset;
  script: InlineAsset;
}

/** A proof as one page. It needs no script, either, which only makes the plots zoomable. */
export function renderHtml(proof: Proof, charts: Charts, { style, script }: PageAssets): string {
  const names = proof.targets.map(({ name }) => name).join(', ');
  const main = html`${top(proof)}
${gates(proof)}
${timeline(proof, charts)}
${findings(proof, charts)}
${coverage(proof, charts)}
${targets(proof)}
${about(proof)}`;
  return documentOf({
    title: `${proof.verdict.toUpperCase()}: ${names}, ${localTime(proof.window.opened)}`,
    version: proof.tool.version,
    style,
    main,
    live: { data: pageData(charts), script },
  });
}
