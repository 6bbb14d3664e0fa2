import { existsSync } from 'node:fs';

/** Where Chromium and its relatives are installed by packages of Linux and macOS. */
const PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/microsoft-edge',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The Chromium of this machine; null: there is none. @param named by the user, and then no other */
export function findBrowser(named: string | undefined): string | null {
  const candidates = named === undefined || named === '' ? PATHS : [named];
  return candidates.find((path) => existsSync(path)) ?? null;
}
