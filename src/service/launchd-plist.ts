import type { ServicePlan } from './plan.ts';
import { fillTemplate } from './templates.ts';
import { escapeXml } from './xml.ts';

/** The text of the property list: launchd.plist(5) of macOS. No shell reads the arguments. */
export function launchdPlist(template: string, { command, stateFolder }: ServicePlan): string {
  return fillTemplate(template, {
    arguments: command.map((argument) => `    <string>${escapeXml(argument)}</string>`).join('\n'),
    state: escapeXml(stateFolder),
  });
}
