import { escapeControls } from '../core/parse/escape-controls.ts';
import { beginning } from '../render/alert.ts';

const LONGEST = 300;

/** Shorter parts would blot out ordinary words; nobody's secret is that short. */
const SHORTEST_SECRET = 4;

/**
 * An error's text without the secrets that it may repeat, for a log: addresses as a whole and in parts (host, user, password,
 * path, query), as they are written and decoded.
 */
export function redact(text: string, secrets: readonly string[]): string {
  const parts = [...new Set(secrets.flatMap(partsOf))]
    .filter((part) => part.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length);
  const clean = parts.reduce((rest, part) => rest.replaceAll(part, '(redacted)'), text);
  const line = escapeControls(clean.trim());
  return line.length > LONGEST ? `${beginning(line, LONGEST)}…` : line;
}

/** Why a connection failed, by its error code alone: the message names the address. */
export function connectionProblem(error: unknown, secrets: readonly string[]): string {
  const { message, code, errors } = error as NodeJS.ErrnoException & { errors?: unknown[] };
  // Where several addresses were tried, the first one says why.
  const [first] = errors ?? [];
  const text = first instanceof Error ? first.message : message;
  const known = Object.keys(CONNECTION_PROBLEMS).find((name) => text.includes(name) || name === code);
  if (known !== undefined) return `${CONNECTION_PROBLEMS[known]} (${known})`;
  return redact(code === undefined ? text : code, secrets);
}

const CONNECTION_PROBLEMS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection broken off',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name cannot be looked up',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'no way to the host',
  ENETUNREACH: 'no way to the network',
  EAUTH: 'user or password refused',
};

function partsOf(secret: string): string[] {
  if (!URL.canParse(secret)) return [secret];
  const { href, host, hostname, username, password, pathname, search, searchParams } = new URL(secret);
  const written = [
    secret,
    href,
    host,
    hostname,
    username,
    password,
    pathname,
    search,
    ...searchParams.values(),
  ];
  const pieces = pathname.split('/');
  return [...written, ...pieces, ...[...written, ...pieces].map(decoded)];
}

/** As it is written where it is no encoding. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
