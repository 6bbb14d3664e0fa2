import { announceMeasurement } from '../../daemon/measurement-lock.ts';
import { escapeControls } from '../../core/parse/escape-controls.ts';
import { renderJson } from '../../render/json.ts';
import { renderMeasureText } from '../../render/measure-text.ts';
import { measure } from '../../session/measure/measure.ts';
import type { MeasurePlan, Probe } from '../../session/measure/plan.ts';
import { EXIT } from '../exit-codes.ts';
import { exitCodeOfInterrupted, onInterrupt } from '../interrupt.ts';
import type { CommonOptions } from './options.ts';
import { sayOpenWindows } from './open-windows.ts';

/** Runs a probe, prints what it found, and returns the exit code. */
export async function runMeasure(
  plan: MeasurePlan,
  probe: Probe,
  { json }: Pick<CommonOptions, 'json'>,
): Promise<number> {
  const { signal, release } = onInterrupt();
  const { stderr } = process;
  const clear = (): void => {
    if (stderr.isTTY) stderr.write('\r\u001b[K');
  };
  try {
    await sayOpenWindows(plan.stateFolders, (text) => stderr.write(`note: ${escapeControls(text)}\n`));
    const { document, files } = await measure(plan, probe, {
      signal,
      onProgress: stderr.isTTY
        ? (done, all) => stderr.write(`\r\u001b[K${plan.kind} ${done} / ${all}`)
        : null,
      announce: (command, processes) => announceMeasurement(plan.stateFolders, command, processes),
    });
    clear();
    process.stdout.write(
      json === true
        ? renderJson(document)
        : `${renderMeasureText(document, process.stdout.isTTY)}\n${files.map((file) => `${file}\n`).join('')}`,
    );
    if (signal.aborted) return EXIT.interrupted;
    return document.expectations.every(({ met }) => met) ? EXIT.pass : EXIT.fail;
  } catch (error) {
    clear();
    return exitCodeOfInterrupted(error, signal);
  } finally {
    clear();
    release();
  }
}
