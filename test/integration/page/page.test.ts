import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chartsOf } from '../../../src/core/charts/charts.ts';
import { summarizeProofs } from '../../../src/core/proof/summary.ts';
import { renderHtml } from '../../../src/render/html/html.ts';
import { renderSummaryHtml } from '../../../src/render/html/summary.ts';
import { readPageAssets } from '../../../src/session/page-assets.ts';
import { BROWSER, startBrowser } from '../../support/browser.ts';
import { agentScene, prove, scenesOf } from '../../support/proven.ts';
import { ALL, soakDigests } from '../../support/soak-digests.ts';
import { soakScene } from '../../support/soak-scene.ts';

const axe = (createRequire(import.meta.url)('axe-core') as { source: string }).source;

const HOSTILE = `${'xyzzy'.repeat(40)}"'><img src="https://example.org/x" onerror="alert(1)"></script><script>alert(2)</script>`;

const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };
const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };

interface Opened {
  page: Page;
  /** What the page said, what went wrong, and what it asked for beside itself. */
  said: string[];
}

describe.skipIf(BROWSER === undefined)('proof.html in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'idleproof-page-'));
  const assets = readPageAssets();
  let browser: Browser;

  function write(name: string, { proof, charts }: ReturnType<typeof prove>): string {
    const path = join(folder, `${name}.html`);
    writeFileSync(path, renderHtml(proof, charts, assets));
    return path;
  }
  const agent = write('agent', prove(agentScene()));
  const hostile = write('hostile', prove(scenesOf(HOSTILE)));
  const harmless = write('harmless', prove(scenesOf('xyzzy')));

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  async function open(path: string, options: BrowserContextOptions = DESK): Promise<Opened> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    page.on('dialog', (dialog) => {
      said.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (request.url() !== `file://${path}`) said.push(`request ${request.url()}`);
    });
    await page.goto(`file://${path}`);
    return { page, said };
  }

  /** How many pixels of each canvas have the colour of the curves and marks. */
  const drawnPixels = (page: Page): Promise<number[]> =>
    page.evaluate(`
      const line = getComputedStyle(document.documentElement).getPropertyValue('--line-0').trim();
      const wanted = [1, 3, 5].map((at) => parseInt(line.slice(at, at + 2), 16));
      [...document.querySelectorAll('canvas')].map((canvas) => {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        let drawn = 0;
        for (let at = 0; at < data.length; at += 4)
          if (wanted.every((value, channel) => Math.abs(data[at + channel] - value) < 40) && data[at + 3] > 100) drawn += 1;
        return drawn;
      })`);
  const pictures = (page: Page): Promise<string[]> =>
    page.evaluate(`[...document.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL())`);
  /** A plot is drawn in the next turn of the loop. */
  const shownRange = (page: Page): Promise<string | null> => page.locator('#tools output').textContent();

  describe.each([
    ['desk, light', { ...DESK, colorScheme: 'light' }],
    ['desk, dark', { ...DESK, colorScheme: 'dark' }],
    ['phone, light', { ...PHONE, colorScheme: 'light' }],
    ['phone, dark', { ...PHONE, colorScheme: 'dark' }],
  ] satisfies [string, BrowserContextOptions][])('%s', (_, options) => {
    it('draws every plot, says nothing, asks for nothing', async () => {
      const { page, said } = await open(agent, options);
      await expect.poll(async () => Math.min(...(await drawnPixels(page)))).toBeGreaterThan(50);
      expect(await page.locator('canvas').count()).toBe(5);
      expect(said).toEqual([]);
    });

    it('is accessible', async () => {
      const { page } = await open(agent, options);
      await page.evaluate(axe);
      const { violations, passes } = await page.evaluate<AxeResults>('axe.run()');
      expect(passes.length).toBeGreaterThan(15);
      expect(
        violations.map(({ id, impact, nodes }) => [id, impact, nodes.map(({ html }) => html).slice(0, 3)]),
      ).toEqual([]);
    });

    it.each([agent, hostile])('fits its width', async (path) => {
      const { page } = await open(path, options);
      const [inner, outer] = await page.evaluate<number[]>(
        '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
      );
      expect(inner).toBe(outer);
    });
  });

  it('zooms by buttons, keys and a drag, all plots together, and back', async () => {
    const { page, said } = await open(agent);
    const whole = await shownRange(page);
    const before = await pictures(page);
    await page.getByRole('button', { name: 'Zoom in' }).click();
    const zoomed = await shownRange(page);
    expect(zoomed).not.toBe(whole);
    await expect
      .poll(async () => (await pictures(page)).every((picture, index) => picture !== before[index]))
      .toBe(true);
    await page.keyboard.press('ArrowRight');
    expect(await shownRange(page)).not.toBe(zoomed);
    await page.keyboard.press('0');
    expect(await shownRange(page)).toBe(whole);

    const plot = page.locator('.u-over').first();
    await plot.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await plot.boundingBox())!;
    await page.mouse.move(x + width * 0.4, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.6, y + height / 2, { steps: 5 });
    await page.mouse.up();
    const dragged = await shownRange(page);
    expect(dragged).not.toBe(whole);
    // 130 s of which a fifth was crossed.
    const seconds = [...(dragged ?? '').matchAll(/(\d+):(\d+):([\d.]+)/g)].map(
      ([, hour, minute, second]) => Number(hour) * 3600 + Number(minute) * 60 + Number(second),
    );
    expect(seconds[1]! - seconds[0]!).toBeCloseTo(26, -1);
    await page.mouse.dblclick(x + width / 2, y + height / 2);
    expect(await shownRange(page)).toBe(whole);
    expect(said).toEqual([]);
  });

  it('reads values and activities where it is pointed at', async () => {
    const { page } = await open(agent);
    const plot = page.locator('.u-over').first();
    await plot.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await plot.boundingBox())!;
    // The connection 64 s after the opening, on an axis from −5 s to 125 s.
    await page.mouse.move(x + width * (69.05 / 130), y + height / 2);
    await expect.poll(() => page.locator('.readout').first().textContent()).toMatch(/^23:14:2\d\.\d   0 %$/);
    expect(await page.locator('.readout').last().textContent()).toContain('connect tcp 203.0.113.7:443');
  });

  it('shows the same plots with scripts off', async () => {
    const { page, said } = await open(agent, { ...DESK, javaScriptEnabled: false });
    expect(await page.locator('svg.static').count()).toBe(5);
    for (const drawing of await page.locator('svg.static').all()) {
      expect(await drawing.isVisible()).toBe(true);
      expect(await drawing.locator('path.line, path.mark').count()).toBeGreaterThan(0);
    }
    expect(await page.locator('.tools').count()).toBe(0);
    expect(said).toEqual([]);
  });

  it('prints the drawings, without what only a screen can use', async () => {
    const { page, said } = await open(agent, { ...DESK, colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('svg.static').first().isVisible()).toBe(true);
    expect(await page.locator('canvas').first().isVisible()).toBe(false);
    expect(await page.locator('.tools').isVisible()).toBe(false);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
    expect(said).toEqual([]);
  });

  it('is reached by keyboard', async () => {
    const { page } = await open(agent);
    const reached = new Set<string>();
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate<string>("document.activeElement?.getAttribute('aria-label') ?? ''"));
    }
    for (const name of ['Zoom in', 'Zoom out', 'Earlier', 'Later', 'Show all', 'Metrics of app']) {
      expect(reached).toContain(name);
    }
  });

  it('takes hostile names as text', async () => {
    const count = (page: Page): Promise<number> => page.evaluate("document.querySelectorAll('*').length");
    const { page, said } = await open(hostile);
    const other = await open(harmless);
    expect(await count(page)).toBe(await count(other.page));
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('body').textContent()).toContain('<img src="https://example.org/x"');
    expect(said).toEqual([]);
  });

  it.each([DESK, PHONE])('shows a summary of many proofs without any script', async (options) => {
    const path = join(folder, `summary-${options.deviceScaleFactor ?? 1}.html`);
    const summary = summarizeProofs({ digests: soakDigests(), withdrawn: [], broken: [], unproved: [] }, ALL);
    writeFileSync(path, renderSummaryHtml(summary, assets.style));
    const { page, said } = await open(path, options);
    expect(await page.locator('rect.part').count()).toBe(3 * summary.days.length);
    expect(await page.locator('svg.spark').count()).toBe(summary.trends.length);
    expect(said).toEqual([]);
    await page.evaluate(axe);
    const { violations } = await page.evaluate<AxeResults>('axe.run()');
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html).slice(0, 3)])).toEqual([]);
  });

  it('forbids every request and every other script, whatever gets into it', async () => {
    const { page, said } = await open(agent);
    const outcome = await page.evaluate(`(async () => {
      document.body.insertAdjacentHTML(
        'beforeend',
        '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" onerror="document.title=1"><a id="x" onclick="document.title=2">x</a>',
      );
      const script = document.createElement('script');
      script.textContent = 'document.title = 3';
      document.body.append(script);
      document.getElementById('x').click();
      const asked = await fetch('https://example.org/').then(() => 'answered', () => 'refused');
      return [asked, document.title];
    })()`);
    expect(outcome).toEqual(['refused', expect.stringMatching(/^FAIL: app, /) as string]);
    expect(said.some((line) => line.includes('Content Security Policy'))).toBe(true);
  });

  it('holds a week in less than 3 MB', async () => {
    const { evidence } = soakScene().scene;
    // The proof of such a window is as long as that of any other; its curves are not.
    const { proof } = prove(agentScene());
    const week = write('week', { proof, charts: chartsOf(evidence, proof) });
    const { size } = statSync(week);
    expect(size).toBeLessThan(3e6);
    const started = performance.now();
    const { page, said } = await open(week);
    await page.waitForFunction("document.querySelectorAll('canvas').length === 5");
    const openedMs = performance.now() - started;
    console.log(`a week: ${(size / 1e3).toFixed(0)} kB, open in ${openedMs.toFixed(0)} ms`);
    expect(said).toEqual([]);
  }, 300_000);
});
