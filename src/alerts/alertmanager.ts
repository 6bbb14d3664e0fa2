import { type AlertDocument, alertDocument, type SentAlert } from '../render/alert.ts';
import { postJson } from './http-post.ts';
import type { Notice, Sink } from './sink.ts';

const HOUR_MS = 3_600_000;

/** It keeps alerts in memory only: after its restart it hears of open ones again within this time. */
const REFRESH_MS = HOUR_MS;

/**
 * Without an end Alertmanager resolves an alert after five minutes, and a watchdog that has died would resolve everything
 * that it had told. So an alert ends when it is said to, or never.
 */
const FIRING_MS = 365 * 24 * HOUR_MS;
const TEST_MS = 5 * 60_000;

/** Alerts by the names that Prometheus users route on. */
const SEVERITIES = { error: 'critical', warn: 'warning' } as const;

/** One alert of API v2 (PostableAlert in Alertmanager's openapi.yaml). */
export interface PostableAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt: string;
}

/** Posts to Alertmanager's API v2; `url` is its address, with its route prefix. */
export function alertmanagerSink(url: string, instance: string): Sink {
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/\/+$/, '')}/api/v2/alerts`;
  return {
    type: 'alertmanager',
    refreshMs: REFRESH_MS,
    send: (notice, signal) =>
      postJson(address.href, postableAlerts(alertDocument(latestOnly(notice), instance)), {}, signal),
  };
}

/** Of one alert only the last state counts, and those that it resolves. */
function latestOnly(notice: Notice): Notice {
  const latest = new Map(notice.alerts.map((alert) => [alert.key, alert]));
  return { ...notice, alerts: [...latest.values()] };
}

/** As Alertmanager takes them (POST /api/v2/alerts); each fires until it is told again. */
export function postableAlerts({ alerts, instance, isTest, sentAt }: AlertDocument): PostableAlert[] {
  const untilMs = Date.parse(sentAt) + (isTest ? TEST_MS : FIRING_MS);
  return alerts.map((alert) => ({
    labels: labelsOf(alert, instance),
    annotations: {
      summary: alert.title,
      description: alert.text,
      ...(alert.proofFolder === null ? {} : { proof: alert.proofFolder }),
    },
    startsAt: alert.firstSeenAt,
    endsAt: alert.status === 'resolved' ? alert.at : new Date(untilMs).toISOString(),
  }));
}

/** Only what stays the same while it fires: the labels are the alert's identity. */
function labelsOf(
  { rule, target, severity, window, key }: SentAlert,
  instance: string,
): Record<string, string> {
  return {
    alertname: rule ?? 'idleproof-regression',
    severity: SEVERITIES[severity],
    instance,
    window,
    key,
    ...(target === null ? {} : { target }),
    ...(rule === null ? {} : { rule }),
  };
}
