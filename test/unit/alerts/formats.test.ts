import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postableAlerts } from '../../../src/alerts/alertmanager.ts';
import { slackMessage } from '../../../src/alerts/slack.ts';
import type { Alert } from '../../../src/model/alert.ts';
import { alertBody, alertDocument, alertHeadline } from '../../../src/render/alert.ts';
import { alertOf } from '../../support/alerts.ts';

const documentOf = (...alerts: Alert[]) => alertDocument({ id: 'n-1', alerts, sentAtMs: 0 }, 'host1');
const hostile = (text: string) =>
  alertOf(text, { title: text, text, target: text, ruleId: text, windowId: text, proofFolder: text });

describe('alertDocument', () => {
  it('says everything of an alert, in UTC', () => {
    expect(documentOf(alertOf('a', { proofFolder: '/var/lib/idleproof/reports/x' }))).toEqual({
      schemaVersion: 1,
      id: 'n-1',
      source: 'idleproof',
      instance: 'host1',
      sentAt: '1970-01-01T00:00:00.000Z',
      isTest: false,
      alerts: [
        {
          key: 'a',
          status: 'firing',
          severity: 'error',
          target: 'backend',
          rule: 'network-activity',
          window: 'nightly',
          repeat: 0,
          title: 'network-activity: a',
          text: 'python3 connected to 203.0.113.7:443',
          firstSeenAt: '2026-01-05T02:00:00.000Z',
          at: '2026-01-05T03:00:00.000Z',
          proofFolder: '/var/lib/idleproof/reports/x',
        },
      ],
    });
  });

  it('bounds and cleans what an app says of itself, whatever that is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 50 }),
        fc.integer({ min: 1, max: 4000 }),
        (part, times) => {
          const document = documentOf(hostile(part.repeat(times)));
          const text = JSON.stringify(document);
          expect(text.length).toBeLessThan(60_000);
          for (const one of Object.values(document.alerts[0]!)) {
            expect(String(one).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
          }
          expect(alertHeadline(document)).not.toMatch(/[\r\n]/);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('tells several at once in short', () => {
    const document = documentOf(
      alertOf('a', { proofFolder: '/p' }),
      alertOf('b', { proofFolder: '/p', text: 'x\ny'.repeat(999) }),
      alertOf('c', { status: 'resolved' }),
    );
    expect(alertHeadline(document)).toBe('2 firing, 1 resolved: network-activity: a, …');
    const lines = alertBody(document).split('\n');
    expect(lines[0]).toBe('firing (error): network-activity: a');
    expect(lines).toContain('resolved (error): network-activity: c');
    expect(lines.filter((line) => line === 'proof: /p')).toHaveLength(1);
    expect(alertBody(document).length).toBeLessThan(1000);
  });
});

describe('slackMessage', () => {
  it('leaves nothing of an app outside one code block', () => {
    const { text } = slackMessage(documentOf(hostile('``` <!channel> <http://x|y> & *b* @here')));
    const [before, inside, after, ...rest] = text.split('```');
    expect([before, after, rest]).toEqual(['*idleproof*\n', '', []]);
    expect(inside).not.toMatch(/[<>`]/);
    expect(inside).toContain('&lt;!channel&gt;');
  });

  it('is short enough to be shown whole', () => {
    fc.assert(
      fc.property(fc.constantFrom('&', 'x', '`', '<'), (letter) => {
        expect(slackMessage(documentOf(hostile(letter.repeat(9000)))).text).toMatch(/```$/);
      }),
    );
  });
});

describe('postableAlerts', () => {
  it('has labels that stay the same while it fires, and is resolved, worse or not', () => {
    const labels = [
      alertOf('a'),
      alertOf('a', { repeat: 1, title: 'other', text: 'other' }),
      alertOf('a', { status: 'resolved', title: 'third' }),
    ].map((alert) => postableAlerts(documentOf(alert))[0]?.labels);
    expect(labels[0]).toEqual({
      alertname: 'network-activity',
      severity: 'critical',
      target: 'backend',
      rule: 'network-activity',
      window: 'nightly',
      instance: 'host1',
      key: 'a',
    });
    expect(labels[1]).toEqual(labels[0]);
    expect(labels[2]).toEqual(labels[0]);
  });

  it('ends when it is resolved, and not before', () => {
    const [firing] = postableAlerts(documentOf(alertOf('a')));
    const [resolved] = postableAlerts(documentOf(alertOf('a', { status: 'resolved' })));
    expect(Date.parse(firing!.endsAt)).toBeGreaterThan(300 * 86_400_000);
    expect(resolved?.endsAt).toBe('2026-01-05T03:00:00.000Z');
  });
});
