const SCALE: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };

/** `750kbit/s`, `1.5 Mbit/s`, `750kbps` → bits per second; null for anything else, 0 and a bare number included. */
export function parseBitRate(text: string): number | null {
  const [, amount, prefix] = /^(\d+(?:\.\d+)?)\s*([kmg]?)(?:bit\/s|bps|bit)$/i.exec(text.trim()) ?? [];
  const scale = SCALE[prefix?.toLowerCase() ?? ''];
  const rate = amount === undefined || scale === undefined ? 0 : Number(amount) * scale;
  return rate > 0 ? rate : null;
}
