/** How one daemon object is started and stopped, by whoever and however often: each of the two is under way once. */

export interface RunPorts<Attached> {
  /** Resolves when the daemon listens. @param signal gives up what it waits for */
  readonly start: (signal: AbortSignal) => Promise<void>;
  /** Brings plugins to a daemon that listens; never rejects. @param signal gives up what still loads */
  readonly attach: (signal: AbortSignal) => Promise<Attached>;
  readonly detach: (attached: Attached) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface DaemonRuns<D extends object, Attached> {
  /** Who asks again meanwhile, or once it runs, gets the same answer. After one that failed it is tried anew. */
  start(daemon: D, ports: RunPorts<Attached>): Promise<void>;
  /** Gives up a start that is under way, and waits for it. */
  stop(daemon: D, ports: RunPorts<Attached>): Promise<void>;
}

interface Run<Attached> {
  readonly cancel: AbortController;
  /** Settles with the start, plugins included. */
  readonly started: Promise<Attached>;
  stopping?: Promise<void>;
}

export function createDaemonRuns<D extends object, Attached>(): DaemonRuns<D, Attached> {
  const runs = new WeakMap<D, Run<Attached>>();
  const begin = (daemon: D, { start, attach }: RunPorts<Attached>): Run<Attached> => {
    const cancel = new AbortController();
    const { signal } = cancel;
    const started = start(signal).then(
      () => attach(signal),
      (error: unknown) => {
        runs.delete(daemon);
        throw error;
      },
    );
    const run = { cancel, started };
    runs.set(daemon, run);
    return run;
  };
  const end = async (daemon: D, run: Run<Attached>, { detach, stop }: RunPorts<Attached>): Promise<void> => {
    run.cancel.abort();
    // Why it did not start is told to whoever started it.
    const attached = await run.started.then(
      (value) => ({ value }),
      () => undefined,
    );
    try {
      if (attached) await detach(attached.value);
      await stop();
    } finally {
      runs.delete(daemon);
    }
  };
  return {
    async start(daemon, ports) {
      const stopping = runs.get(daemon)?.stopping;
      // Without a wait where there is nothing to wait for: who stops it in the same turn must find that it starts.
      if (stopping) await stopping;
      await (runs.get(daemon) ?? begin(daemon, ports)).started;
    },
    async stop(daemon, ports) {
      const run = runs.get(daemon);
      await (run ? (run.stopping ??= end(daemon, run, ports)) : ports.stop());
    },
  };
}
