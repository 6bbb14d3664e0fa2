/** In which a program is measured: with what is kept from before (`warm`), or without it (`cold`). */
export type MeasuredState = 'cold' | 'warm';

/** Those that are asked for, the cold one first; nothing asked for: `warm`. */
export function statesOf({
  cold = false,
  warm = !cold,
}: {
  cold?: boolean | undefined;
  warm?: boolean | undefined;
}): MeasuredState[] {
  return [...(cold ? (['cold'] as const) : []), ...(warm ? (['warm'] as const) : [])];
}
