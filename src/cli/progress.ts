import { Presets, SingleBar } from 'cli-progress';
import type { RunEvent } from '../pipeline/run.js';

/** Shows what a run is doing. */
export interface ProgressDisplay {
  readonly onEvent: (event: RunEvent) => void;
  readonly stop: () => void;
}

/** A bar with the time left on a terminal; nothing anywhere else, so that logs and pipes stay clean. */
export function progressDisplay(stream: NodeJS.WriteStream, quiet: boolean): ProgressDisplay {
  if (quiet || !stream.isTTY) return { onEvent: () => undefined, stop: () => undefined };
  const bar = new SingleBar(
    {
      stream,
      format: '{step} {stage} {bar} {percentage}% {eta_formatted}',
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 50,
    },
    Presets.shades_classic,
  );
  return {
    onEvent(event) {
      if (event.kind === 'stage-started')
        bar.start(1, 0, { step: `${event.index + 1}/${event.of}`, stage: event.stage.padEnd(22) });
      else if (event.kind === 'progress') {
        bar.setTotal(event.total);
        bar.update(event.done);
      } else if (event.kind !== 'finding') bar.stop();
    },
    stop: () => bar.stop(),
  };
}
