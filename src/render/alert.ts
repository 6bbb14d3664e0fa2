import { escapeControls } from '../core/parse/escape-controls.ts';
import type { Alert } from '../model/alert.ts';

const LONGEST_TITLE = 200;
const LONGEST_NAME = 200;
const LONGEST_KEY = 1_500;
const LONGEST_TEXT = 4_000;

/** In one notice; the others are counted. */
const MOST_ALERTS = 100;

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
  /** Left out of `alerts`. */
  omitted: number;
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
    alerts: alerts.slice(0, MOST_ALERTS).map(sentAlert),
    omitted: Math.max(0, alerts.length - MOST_ALERTS),
  };
}

/** `FIRING: memory.pss of app has risen`, or `12 alerts: 9 firing, 3 resolved`. */
export function alertHeadline({ alerts, omitted, isTest }: AlertDocument): string {
  const [first] = alerts;
  if (first !== undefined && alerts.length === 1 && omitted === 0) {
    return isTest ? first.title : `${first.status.toUpperCase()}: ${first.title}`;
  }
  const firing = alerts.filter(({ status }) => status === 'firing').length;
  const rest = omitted === 0 ? '' : `, ${omitted} more`;
  return `${alerts.length + omitted} alerts: ${firing} firing, ${alerts.length - firing} resolved${rest}`;
}

/** Plain text: all of one alert, a line each of several. */
export function alertBody(document: AlertDocument): string {
  const { alerts, omitted, instance } = document;
  const [first] = alerts;
  if (first !== undefined && alerts.length === 1 && omitted === 0) return `${whole(first, instance)}\n`;
  const lines = alerts.map(({ status, title, at }) => `${at} ${status} ${title}`);
  if (omitted > 0) lines.push(`and ${omitted} more`);
  return `There were too many to be told one by one.\n\n${lines.join('\n')}\n\nhost: ${instance}\n`;
}

function whole(
  { text, severity, window, firstSeenAt, at, proofFolder }: SentAlert,
  instance: string,
): string {
  const facts = [
    `severity: ${severity}`,
    `window: ${window}, closed ${at}`,
    `first seen: ${firstSeenAt}`,
    `host: ${instance}`,
    ...(proofFolder === null ? [] : [`proof: ${proofFolder}`]),
  ];
  return `${text}\n\n${facts.join('\n')}`;
}

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
