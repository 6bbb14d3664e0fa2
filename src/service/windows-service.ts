import type { ServicePlan } from './plan.ts';
import { fillTemplate } from './templates.ts';
import { escapeXml } from './xml.ts';

/** The text of the configuration of the service wrapper WinSW. */
export function windowsService(template: string, { command, stateFolder }: ServicePlan): string {
  const [executable = '', ...args] = command;
  return fillTemplate(template, {
    executable: escapeXml(executable),
    arguments: escapeXml(args.map(quoteArgument).join(' ')),
    state: escapeXml(stateFolder),
  });
}

/** As CommandLineToArgvW takes it apart: backslashes count only before a quote, where each of them is doubled. */
function quoteArgument(argument: string): string {
  // WinSW puts environment variables in place of %NAME%; it has no escape for them, so that what is no name is left alone.
  if (argument !== '' && !/[\s"]/u.test(argument)) return argument;
  return `"${argument.replaceAll(/(\\*)"/g, String.raw`$1$1\"`).replace(/(\\+)$/, '$1$1')}"`;
}
