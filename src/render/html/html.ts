import type { Charts } from '../../model/charts.ts';
import type { Proof } from '../../model/proof.ts';
import { coverage } from './coverage.ts';
import { about } from './facts.ts';
import { findings } from './findings.ts';
import { gates } from './gates.ts';
import { Html, html } from './markup.ts';
import { pageData } from './page-data.ts';
import { targets } from './targets.ts';
import { timeline } from './timeline.ts';
import { localTime, top } from './top.ts';

/** A file that goes into a page as it is, and its digest, by which the page allows it and nothing else. */
export interface InlineAsset {
  text: string;
  /** In base64. */
  sha256: string;
}

/** Neither may hold the end of the element that it is put in. */
export interface PageAssets {
  style: InlineAsset;
  script: InlineAsset;
}

/**
 * A proof as one page that needs nothing else: no file, no network, and no script either, which only makes the plots
 * zoomable. The page forbids its browser every request, and every script and style but its own.
 */
export function renderHtml(proof: Proof, charts: Charts, { style, script }: PageAssets): string {
  const names = proof.targets.map(({ name }) => name).join(', ');
  const policy = `default-src 'none'; style-src 'sha256-${style.sha256}'; script-src 'sha256-${script.sha256}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="idleproof ${proof.tool.version}">
<title>${proof.verdict.toUpperCase()}: ${names}, ${localTime(proof.window.opened)}</title>
<style>${new Html(style.text)}</style>
</head>
<body>
<main>
${top(proof)}
${gates(proof)}
${timeline(proof, charts)}
${findings(proof, charts)}
${coverage(proof, charts)}
${targets(proof)}
${about(proof)}
</main>
<script type="application/json" id="charts">${pageData(charts)}</script>
<script>${new Html(script.text)}</script>
</body>
</html>
`.text;
}
