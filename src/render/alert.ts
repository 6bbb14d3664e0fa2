import { escapeControls } from '../core/parse/escape-controls.ts';
import type { Alert } from '../model/alert.ts';

const LONGEST_TITLE = 200;
const LONGEST_NAME = 200;
const LONGEST_KEY = 1_500;
const LONGEST_TEXT = 4_000;

/** Of each alert where several are told at once. */
const LONGEST_OF_MANY = 300;

/** An alert as it leaves the machine: every text bounded and harmless. Times are UTC. */
export interface SentAlert {
  key: string;
  status: Alert['status'];
  severity: Alert['severity'];
  target: string | null;
  rule: string | null;
  window: string;
  repeat: number;
  title: string;
  text: string;
  firstSeenAt: string;
  at: string;
  proofFolder: string | null;
}

export interface AlertDocument {
  schemaVersion: 1;
  id: string;
  source: 'idleproof';
  /** Name of the host. */
  instance: string;
  sentAt: string;
  isTest: boolean;
  alerts: SentAlert[];
}

export interface NoticeFacts {
  id: string;
  alerts: readonly Alert[];
  sentAtMs: number;
  isTest?: boolean;
}

/** What a webhook or a command is given, and what the other formats are made of. */
export function alertDocument(
  { id, alerts, sentAtMs, isTest = false }: NoticeFacts,
  instance: string,
): AlertDocument {
  return {
    schemaVersion: 1,
    id,
    source: 'idleproof',
    instance: line(instance, LONGEST_NAME),
    sentAt: utc(sentAtMs),
    isTest,
    alerts: alerts.map(sentAlert),
  };
}

/** `FIRING: memory.pss of app has risen`, or `5 firing, 1 resolved: network-activity: app, …`. */
export function alertHeadline({ alerts, isTest }: AlertDocument): string {
  const [first] = alerts;
  if (first === undefined) return 'nothing';
  if (alerts.length === 1) return isTest ? first.title : `${first.status.toUpperCase()}: ${first.title}`;
  const counts = (['firing', 'resolved'] as const).flatMap((status) => {
    const count = alerts.filter((alert) => alert.status === status).length;
    return count === 0 ? [] : [`${count} ${status}`];
  });
  return `${counts.join(', ')}: ${first.title}, …`;
}

/** Plain text: all of one alert, the beginning of each of several. */
export function alertBody({ alerts, instance }: AlertDocument): string {
  const [first] = alerts;
  if (first !== undefined && alerts.length === 1) return `${whole(first, instance)}\n`;
  const parts = alerts.map(
    ({ status, severity, title, text }) =>
      `${status} (${severity}): ${title}\n  ${beginning(text.replaceAll('\n', '\n  '), LONGEST_OF_MANY)}`,
  );
  const facts = [...new Set(alerts.flatMap((alert) => factsOf(alert)))];
  return `${parts.join('\n')}\n\n${[...facts, `host: ${instance}`].join('\n')}\n`;
}

function whole(alert: SentAlert, instance: string): string {
  const { text, severity, firstSeenAt } = alert;
  const facts = [
    `severity: ${severity}`,
    `first seen: ${firstSeenAt}`,
    ...factsOf(alert),
    `host: ${instance}`,
  ];
  return `${text}\n\n${facts.join('\n')}`;
}

const factsOf = ({ window, at, proofFolder }: SentAlert): string[] => [
  `window: ${window}, closed ${at}`,
  ...(proofFolder === null ? [] : [`proof: ${proofFolder}`]),
];

function sentAlert(alert: Alert): SentAlert {
  const { key, status, severity, target, ruleId, windowId, repeat, proofFolder } = alert;
  return {
    key: line(key, LONGEST_KEY),
    status,
    severity,
    target: target === null ? null : line(target, LONGEST_NAME),
    rule: ruleId === null ? null : line(ruleId, LONGEST_NAME),
    window: line(windowId, LONGEST_NAME),
    repeat,
    title: line(alert.title, LONGEST_TITLE),
    text: alert.text
      .slice(0, LONGEST_TEXT)
      .split('\n')
      .map((one) => line(one, LONGEST_TEXT))
      .join('\n'),
    firstSeenAt: utc(alert.firstSeenMs),
    at: utc(alert.atMs),
    proofFolder: proofFolder === null ? null : line(proofFolder, LONGEST_KEY),
  };
}

function line(text: string, longest: number): string {
  const clean = escapeControls(text.slice(0, longest));
  return text.length > longest || clean.length > longest ? `${beginning(clean, longest)}…` : clean;
}

/** So many UTF-16 code units of a text, or one less where that would cut a character in two. */
export function beginning(text: string, longest: number): string {
  return text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '');
}

const utc = (ms: number): string => new Date(Math.floor(ms)).toISOString();
