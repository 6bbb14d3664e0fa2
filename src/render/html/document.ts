import { Html, html, NOTHING } from './markup.ts';

/** A file that goes into a page as it is, and its digest, by which the page allows it and nothing else. */
export interface InlineAsset {
  text: string;
  /** In base64. */
  sha256: string;
}

export interface PageParts {
  title: string;
  version: string | null;
  style: InlineAsset;
  main: Html;
  /** Data and the script that draws them; null: the page has none. */
  live: { data: Html; script: InlineAsset } | null;
}

/** A page that needs nothing but itself. It forbids its browser every request, and every script and style but its own. */
export function documentOf({ title, version, style, main, live }: PageParts): string {
  const script = live === null ? `'none'` : `'sha256-${live.script.sha256}'`;
  const policy = `default-src 'none'; style-src 'sha256-${style.sha256}'; script-src ${script}; base-uri 'none'; form-action 'none'`;
  const end =
    live === null
      ? NOTHING
      : html`<script type="application/json" id="charts">${live.data}</script>
<script>${new Html(live.script.text)}</script>
`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="idleproof${version === null ? '' : ` ${version}`}">
<title>${title}</title>
<style>${new Html(style.text)}</style>
</head>
<body>
<main>
${main}
</main>
${end}</body>
</html>
`.text;
}
