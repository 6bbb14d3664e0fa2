import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { InlineAsset } from '../render/html/document.ts';
import type { PageAssets } from '../render/html/html.ts';

/** The scripts of the page, in the order in which they need each other. */
const SCRIPTS = ['words', 'clock', 'view', 'canvas', 'curves', 'lanes', 'tools', 'main'] as const;

const require = createRequire(import.meta.url);

/** The script and the style that go into every page: uPlot with its licence, and the page's own. */
export function readPageAssets(): PageAssets {
  const own = (name: string): string => text(new URL(`../../reports/page/${name}`, import.meta.url));
  const scripts = SCRIPTS.map((name) => own(`${name}.js`)).join('\n');
  const licence = `/* uPlot\n\n${text(require.resolve('uplot/LICENSE'))}*/\n`;
  return {
    style: asset('style', text(require.resolve('uplot/dist/uPlot.min.css')) + own('proof.css')),
    script: asset(
      'script',
      `${licence}${text(require.resolve('uplot/dist/uPlot.iife.min.js'))}\n(() => {\n'use strict';\n${scripts}})();\n`,
    ),
  };
}

/** The style alone, for pages without a script. */
export const pageStyle = (): InlineAsset => readPageAssets().style;

const text = (path: string | URL): string => readFileSync(path, 'utf8');

/** Files with line breaks of another system have the digest that a browser sees. */
function asset(element: string, raw: string): InlineAsset {
  const clean = raw.replaceAll(/\r\n?/g, '\n');
  if (clean.toLowerCase().includes(`</${element}`))
    throw new Error(`a ${element} of the page ends its element`);
  return { text: clean, sha256: createHash('sha256').update(clean).digest('base64') };
}
