import { type Browser, chromium } from 'playwright-core';
import { findBrowser } from '../../src/measure/browser.ts';

/** The browser of this machine; undefined: there is none. */
export const BROWSER: string | undefined = findBrowser(process.env['CHROMIUM']) ?? undefined;

if (BROWSER === undefined) console.log('skipped: there is no Chromium here (apt-get install chromium)');

/** Chromium's own sandbox refuses to run as root. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: BROWSER ?? '',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
