import type { Proof } from '../../model/proof.ts';
import { type GateStatus, gateRows, reasonsFor } from '../gate-sheet.ts';
import { type Html, html, NOTHING } from './markup.ts';
import { list } from './table.ts';

/** A shape for each status: colour alone tells nothing to some. */
const SHAPES: Readonly<Record<GateStatus, string>> = {
  PASS: '✓',
  FAIL: '✕',
  WARN: '!',
  PARTIAL: '◐',
  TBD: '–',
};

/** The gate sheet, with the reasons for what is not plain below it. */
export function gates(proof: Proof): Html {
  const rows = gateRows(proof).map(
    ({ gate, target, measured, expected, status }) =>
      html`<tr role="row"><td role="cell" class="status ${status.toLowerCase()}"><span aria-hidden="true">${SHAPES[status]}</span> ${status}</td><th role="rowheader" scope="row">${gate}</th><td role="cell" data-label="Target">${target}</td><td role="cell" data-label="Measured">${measured}</td><td role="cell" data-label="Expected">${expected}</td></tr>
`,
  );
  return html`<section aria-labelledby="gates"><h2 id="gates">Gate sheet</h2>
<table class="gates" role="table"><caption class="unseen">Every rule and target with its status</caption><thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Status</th><th role="columnheader" scope="col">Gate</th><th role="columnheader" scope="col">Target</th><th role="columnheader" scope="col">Measured</th><th role="columnheader" scope="col">Expected</th></tr></thead><tbody role="rowgroup">
${rows}</tbody></table>
${doubts(proof)}${excused(proof)}${warnings(proof)}</section>`;
}

function doubts(proof: Proof): Html {
  const reasons = reasonsFor(proof, 'pass', 'inconclusive', 'notApplicable');
  if (reasons.length === 0) return NOTHING;
  return html`<h3>Why not everything is proved</h3>${list(
    reasons.map(({ rules, target, reason }) => html`<code>${rules.join(', ')}</code> (${target}): ${reason}`),
  )}`;
}

/** What the rules allowed: a pass says what it overlooked. */
function excused({ rules }: Proof): Html {
  const used = rules.flatMap(({ id, target, exceptions }) =>
    exceptions
      .filter(({ matched }) => matched > 0)
      .map(({ reason, matched }) => html`<code>${id}</code> (${target}): ${matched} × ${reason}`),
  );
  return used.length === 0 ? NOTHING : html`<h3>Excused by the rules</h3>${list(used)}`;
}

function warnings({ warnings: all }: Proof): Html {
  return all.length === 0 ? NOTHING : html`<h3>Warnings</h3>${list(all.map((warning) => html`${warning}`))}`;
}
