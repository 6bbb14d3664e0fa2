const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration as a JSON Schema has it, with the blanks around it that are allowed. */
export const DURATION_PATTERN = '^\\s*\\d+(?:\\.\\d+)?\\s*(?:ms|s|m|h|d)\\s*$';

/** `500ms`, `1.5s`, `2m`, `1h`, `30d` → milliseconds; null for anything else, a bare number included. */
export function parseDurationMs(text: string): number | null {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  const scale = UNIT_MS[unit ?? ''];
  return amount === undefined || scale === undefined ? null : Number(amount) * scale;
}
