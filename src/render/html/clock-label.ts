import { type Html, html, px } from './markup.ts';

/** Half of a long one, `14:03:20.5`. */
const HALF_WIDTH = 36;

/** Below its tick; at the edge of the drawing it ends there. */
export function clockLabel(x: number, y: number, width: number, label: string): Html {
  return x + HALF_WIDTH > width
    ? html`<text class="x end" x="${width}" y="${y}">${label}</text>`
    : html`<text class="x" x="${px(x)}" y="${y}">${label}</text>`;
}
