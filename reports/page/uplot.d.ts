import type UPlot from 'uplot';

declare global {
  /** Part of the page's script, before these files. */
  const uPlot: typeof UPlot;
}
