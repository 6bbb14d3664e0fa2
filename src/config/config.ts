import { dirname } from 'node:path';
import { IdleproofError } from '../errors.ts';
import { type Config, parseConfig } from './config-document.ts';
import { readDocumentFile } from './document-file.ts';
import { type GatesFile, parseGatesFile } from './gates-file.ts';
import { InvalidDocument } from './invalid-document.ts';
import { YamlDocument } from './yaml-document.ts';

/** Reads a configuration file. @throws IdleproofError with file, line and column of every mistake */
export function loadConfig(path: string): Config {
  const { value, problems } = parseConfig(new YamlDocument(readText(path)), dirname(path));
  if (problems === null) return value;
  throw new InvalidDocument('CONFIG_INVALID', path, problems);
}

/** The same of a gates.yaml. */
export function loadGates(path: string): GatesFile {
  const { value, problems } = parseGatesFile(new YamlDocument(readText(path)), dirname(path));
  if (problems === null) return value;
  throw new InvalidDocument('CONFIG_INVALID', path, problems);
}

function readText(path: string): string {
  try {
    return readDocumentFile(path).toString('utf8');
  } catch (error) {
    throw new IdleproofError('CONFIG_UNREADABLE', { path, problem: (error as Error).message }, error);
  }
}
