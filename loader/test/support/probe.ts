import { EventEmitter, once } from 'node:events';

/** What plugins of a test report, in order. Plugins run in this very process, so they share its globals. */
export interface Probe {
  /** Source of a function `note(...)` for the code of a plugin. */
  readonly source: string;
  readonly notes: readonly unknown[];
  /** Settles when there are `count` notes. Give the test a time limit. */
  waitFor(count: number): Promise<readonly unknown[]>;
}

let probes = 0;

export function createProbe(): Probe {
  const key = `ar-loader-test-${(probes += 1)}`;
  const notes: unknown[] = [];
  const emitter = new EventEmitter();
  Object.assign(globalThis, {
    [key]: (note: unknown) => {
      notes.push(note);
      emitter.emit('note');
    },
  });
  return {
    source: `const note = globalThis[${JSON.stringify(key)}];\n`,
    notes,
    async waitFor(count) {
      while (notes.length < count) await once(emitter, 'note');
      return notes;
    },
  };
}
