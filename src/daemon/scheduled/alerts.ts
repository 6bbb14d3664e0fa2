import type { Alert } from '../../model/alert.ts';
import type { TakenMeasurement } from '../../model/taken-measurement.ts';

/**
 * What is to be told of a measurement that became worse than its baseline, or is so no more. What cannot be told changes nothing.
 * @param firingSinceMs since when it was told to be worse; null: it was not
 */
export function alertsOf(
  taken: TakenMeasurement,
  firingSinceMs: number | null,
): { alerts: Alert[]; firingSinceMs: number | null } {
  const { measurementId: id, target, fromMs, toMs, comparison, folder, problem, isWithdrawn } = taken;
  const alert = (status: Alert['status'], text: string): Alert => ({
    key: `measurement ${id}`,
    severity: 'error',
    target,
    ruleId: null,
    windowId: id,
    status,
    repeat: 0,
    title: `The measurement ${id} is worse than its baseline`,
    text,
    firstSeenMs: firingSinceMs ?? fromMs,
    atMs: toMs,
    proofFolder: folder,
  });
  if (comparison?.verdict === 'fail' && firingSinceMs === null)
    return { alerts: [alert('firing', comparison.headline)], firingSinceMs: fromMs };
  if (firingSinceMs === null) return { alerts: [], firingSinceMs };
  if (isWithdrawn === true)
    return { alerts: [alert('resolved', `It holds no more: ${problem ?? ''}.`)], firingSinceMs: null };
  return comparison?.verdict === 'pass'
    ? { alerts: [alert('resolved', comparison.headline)], firingSinceMs: null }
    : { alerts: [], firingSinceMs };
}
