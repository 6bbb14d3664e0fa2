import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Scene } from '../../support/evidence.ts';
import { agentScene, prove, scenesOf } from '../../../support/proven.ts';
import { type PageAssets, renderHtml } from '../../../../src/render/html/html.ts';
import { forHtml, jsonBlock } from '../../../../src/render/html/markup.ts';

/** The real ones are of another package; what the page makes of them is the same. */
const ASSETS: PageAssets = {
  style: { text: 'p{}', sha256: 'c3R5bGU=' },
  script: { text: 'void 0', sha256: 'c2NyaXB0' },
};

const render = (scene: Scene): string => {
  const { proof, charts } = prove(scene);
  return renderHtml(proof, charts, ASSETS);
};

const SCENES: Record<string, () => Scene> = {
  quiet: () => new Scene().withEvents(),
  agent: agentScene,
  inconclusive: () => scenesOf('<script>\u001b[31m|`x`](http://evil.example)\u202e'),
};

describe.each(Object.entries(SCENES))('golden page: %s', (name, scene) => {
  const page = render(scene());

  it('gives the same page, byte for byte', async () => {
    await expect(page).toMatchFileSnapshot(`../../../fixtures/golden/html/${name}.html`);
  });

  it('asks for nothing, and allows nothing but its own style and script', () => {
    expect(page).toContain(
      `content="default-src 'none'; style-src 'sha256-c3R5bGU='; script-src 'sha256-c2NyaXB0'; base-uri 'none'; form-action 'none'"`,
    );
    expect(page).not.toMatch(/ (?:src|href|action|srcset|style|on[a-z]+)=/i);
    expect(page).not.toMatch(/url\(|@import/);
  });

  it('is well-formed', () => {
    expect(unclosed(page)).toEqual([]);
  });
});

it('tells a finding of a rule that only warns from one that breaks the window', () => {
  const client = { ip: '10.0.0.5', port: 40_001, process: null, target: null };
  const page = render(
    new Scene()
      .network(10)
      .network(20, { op: 'accept', direction: 'inbound', localPort: 8000, remote: client }),
  );
  const over = [...page.matchAll(/<p class="over">(.*?)<\/p>/g)].map(([, text]) => text);
  expect(over).toEqual([
    '<code class="fail">network-activity</code> app',
    '<code class="warn">network-inbound</code> app (warning)',
  ]);
});

/** Elements that are not closed in the order in which they were opened. Attributes hold no < or >. */
function unclosed(page: string): string[] {
  const empty = new Set(['meta', 'path', 'rect', 'circle', 'br']);
  const open: string[] = [];
  for (const [tag, slash, element = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
    if (empty.has(element)) continue;
    if (slash === '') open.push(element);
    else if (open.pop() !== element) return [...open, tag];
  }
  return open;
}

/** The page without its texts and the values of its attributes. */
const skeleton = (page: string): string =>
  [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, '""')).join('\n');

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 })
    .map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    '</script><script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onload='alert(1)",
    '<!--<script>',
    ']]>',
    '\u202e\u2066evil\u2069',
    '\u0000\u001b]0;x\u0007',
    '\ud800',
    '&lt;b&gt;',
    '${1}{{2}}',
    'x'.repeat(1_000_000),
    '<'.repeat(100_000),
  ),
);

describe('a hostile name', () => {
  const harmless = render(scenesOf('xyzzy'));

  it('changes nothing but text', () => {
    fc.assert(
      fc.property(hostile, (name) => {
        // Prefixed: an app cannot have the name of a rule's own type, nor none at all.
        const page = render(scenesOf(`xyzzy${name}`));
        expect(skeleton(page) === skeleton(harmless)).toBe(true);
        expect(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(page.replaceAll('\n', ''))).toBe(false);
        expect(page.length < 200_000).toBe(true);
        const [, data = ''] =
          /<script type="application\/json" id="charts">([^<]*)<\/script>/.exec(page) ?? [];
        expect(Object.keys(JSON.parse(data) as object)).toContain('targets');
      }),
      { numRuns: 60 },
    );
  });
});

describe('forHtml', () => {
  it('makes text of anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const safe = forHtml(text);
        expect(safe).not.toMatch(/[<>"'\p{Cc}\p{Cf}\p{Cs}]/u);
        expect(safe.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
      }),
    );
  });
});

describe('jsonBlock', () => {
  it('is the same value again, and holds nothing that a page would read', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { text } = jsonBlock(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(text).not.toMatch(/[<>&\p{Cf}\u2028\u2029]/u);
      }),
    );
  });
});
