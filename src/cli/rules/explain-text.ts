import { escapeControls } from '../../core/parse/escape-controls.ts';
import type { Explanation } from '../../core/rules/explanation.ts';

/** A rule for people; `isExample`: no target was named. */
export function describeExplanation(explanation: Explanation, isExample: boolean): string {
  const { pack, id, kind, severity, title, failureTitle, why, claim, clauses, evidence } = explanation;
  const lines = [
    `${pack}/${id}: ${title}`,
    `  ${kind}${claim === '' ? '' : `: ${claim}`}`,
    ...clauses.map((clause) => `  ${clause}`),
    ...(severity === 'warn' ? ['  a warning: it never changes the verdict of a window'] : []),
    ...(failureTitle === null ? [] : ['', `When it fails: ${failureTitle}`]),
    ...(why === null ? [] : ['', `Why: ${why.trim().replaceAll(/\s+/g, ' ')}`]),
    '',
    `Evidence, and what there is of it here${isExample ? ' (of idleproof itself; name a target: --port 8000)' : ''}:`,
    ...evidence.flatMap(describeNeed),
  ];
  return `${lines.map(escapeControls).join('\n')}\n`;
}

function describeNeed({ of, as, source, collectors, here }: Explanation['evidence'][number]): string[] {
  const head = `  ${of}${as === 'cause' ? ' (as a cause)' : ''}: ${collectors.length > 0 ? collectors.join(', else ') : (source ?? 'not gathered')}`;
  if (here.length === 0 && collectors.length > 0) {
    return [head, `    nothing here${source === null ? '' : `; it needs ${source}`}`];
  }
  return [
    head,
    ...here.map(({ name, target, status, tier, reason }) => {
      const whose = target === null ? name : `${name} (${target})`;
      const how = status === 'unavailable' ? 'unavailable' : status === 'ok' ? tier : `${tier}, in part`;
      return `    ${whose}: ${how}${reason === null ? '' : `; ${reason}`}`;
    }),
  ];
}
