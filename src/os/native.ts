import { createRequire } from 'node:module';
import type koffi from 'koffi';

type Koffi = typeof koffi;
type NativeLibrary = ReturnType<Koffi['load']>;

export interface Native {
  koffi: Koffi;
  libc: NativeLibrary;
}

let loaded: Native | null | undefined;

/**
 * The C library through koffi, an optional dependency: null where it cannot be loaded (no prebuilt binary for this
 * platform, musl, installed with --no-optional). Each caller has a slower way without it, or says what is missing.
 */
export function loadNative(): Native | null {
  loaded ??= tryLoad();
  return loaded;
}

function tryLoad(): Native | null {
  if (process.platform !== 'linux' || process.env['IDLEPROOF_NO_NATIVE'] !== undefined) return null;
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    return { koffi, libc: koffi.load('libc.so.6') };
  } catch {
    return null;
  }
}
