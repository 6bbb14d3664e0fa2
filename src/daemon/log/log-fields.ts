import { escapeControls } from '../../core/parse/escape-controls.ts';

type Fields = Record<string, unknown>;

const MAX_CHARACTERS = 500;
const MAX_ENTRIES = 20;
const MAX_DEPTH = 3;
const HIDDEN = '[hidden]';
const SECRET_NAME = /pass(?:word|phrase)?|secret|token|authorization|cookie|api-?_?key|credential/iu;
/** User and password of an address: RFC 3986, 3.2.1. */
const USER_INFO = /([a-z][a-z\d+.-]*:\/\/)[^\s/@]+@/giu;

/** Makes what a record says fit for a log: secrets hidden, texts of watched programs harmless, everything bounded. */
export class LogCleaner {
  #secrets: readonly string[] = [];

  /** Values that never appear in a record, from now on: those that came from the environment or a secret of the configuration. */
  hide(secrets: Iterable<string>): void {
    // The longest first: one may be part of another. Of very short ones nothing would be left to read.
    this.#secrets = [...secrets]
      .filter((secret) => secret.length >= 4)
      .sort((one, other) => other.length - one.length);
  }

  text(text: string): string {
    let shown = text;
    for (const secret of this.#secrets) shown = shown.replaceAll(secret, HIDDEN);
    shown = shown.replaceAll(USER_INFO, `$1${HIDDEN}@`);
    const cut = shown.length > MAX_CHARACTERS ? `${shown.slice(0, MAX_CHARACTERS)}…` : shown;
    return escapeControls(cut);
  }

  fields(fields: Fields): Fields {
    return this.#object(fields, MAX_DEPTH);
  }

  #object(fields: object, depth: number): Fields {
    const entries = Object.entries(fields).slice(0, MAX_ENTRIES);
    return Object.fromEntries(
      entries.map(([name, value]) => [
        this.text(name),
        SECRET_NAME.test(name) ? HIDDEN : this.#value(value, depth),
      ]),
    );
  }

  #value(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'bigint') return String(value);
    if (value instanceof Error) return this.#error(value);
    if (value === null || typeof value !== 'object') {
      return typeof value === 'number' || typeof value === 'boolean' ? value : null;
    }
    if (depth === 0) return '…';
    if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((item) => this.#value(item, depth - 1));
    return this.#object(value, depth - 1);
  }

  #error(error: Error): Fields {
    const code = (error as { code?: unknown }).code;
    return {
      name: this.text(error.name),
      message: this.text(error.message),
      ...(typeof code === 'string' ? { code: this.text(code) } : {}),
    };
  }
}
