import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of this machine; undefined: there is none. */
export const BROWSER: string | undefined = [process.env['CHROMIUM'] ?? '', ...PATHS].find((path) =>
  existsSync(path),
);

if (BROWSER === undefined) console.log('skipped: there is no Chromium here (apt-get install chromium)');

/** Chromium's own sandbox refuses to run as root. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: BROWSER ?? '',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
