/** What agents print, as far as they send it to the daemon. */
import type { Daemon } from '@ar-registry/sdk';

type OnLogOutput = (agent: string, data: string, timestamp: number) => void;
/** A piece of output; where it is cut says nothing. */
export type OutputListener = (agent: string, data: string) => void;

export interface OutputTap {
  /** @returns ends it */
  subscribe(listener: OutputListener): () => void;
  /** Puts the daemon back as it was. */
  close(): void;
}

/**
 * Listens in on `daemon.onLogOutput`. That is one slot, in which the dashboard puts its own function at any time: what is
 * in it is called as ever.
 */
export function tapOutput(daemon: Daemon, onFault: (error: unknown) => void): OutputTap {
  const target = daemon as { onLogOutput?: OnLogOutput | undefined };
  const listeners = new Set<OutputListener>();
  let theirs = target.onLogOutput;
  const both: OnLogOutput = (agent, data, timestamp) => {
    theirs?.call(target, agent, data, timestamp);
    for (const listener of listeners) tell(listener, [agent, data], onFault);
  };
  Object.defineProperty(target, 'onLogOutput', {
    configurable: true,
    enumerable: true,
    get: () => (listeners.size > 0 ? both : theirs),
    set: (value: OnLogOutput | undefined) => {
      theirs = value;
    },
  });
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      Object.defineProperty(target, 'onLogOutput', {
        configurable: true,
        enumerable: true,
        writable: true,
        value: theirs,
      });
    },
  };
}

/** Text from a frame may be of any type. */
function tell(
  listener: OutputListener,
  [agent, data]: readonly [unknown, unknown],
  onFault: (error: unknown) => void,
): void {
  if (typeof agent !== 'string' || typeof data !== 'string') return;
  try {
    listener(agent, data);
  } catch (error) {
    onFault(error);
  }
}
