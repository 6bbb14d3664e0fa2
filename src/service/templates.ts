import { readFileSync } from 'node:fs';

export type TemplateName =
  | 'idleproof.service'
  | 'idleproof-user.service'
  | 'idleproof.plist'
  | 'idleproof-service.xml';

/** A file of the package's folder `service/`. */
export function readTemplate(name: TemplateName): string {
  return readFileSync(new URL(`../../service/${name}`, import.meta.url), 'utf8');
}

/** Puts values in place of `{{name}}`; they are quoted already as the format wants it. Throws on a name without value. */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for ${whole}`);
    return value;
  });
}
