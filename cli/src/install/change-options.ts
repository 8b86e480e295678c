import type { Context } from '../context.ts';

/** Options of a change to the project, with words for whoever has to wait. */
export function changeOptions(dir: string, command: string, { dataDir, signal, output }: Context) {
  return {
    dir,
    dataDir,
    signal,
    holder: `ar plugin ${command} (pid ${process.pid})`,
    onWait: (holder: string) => output.note(`Waiting for ${holder} …`),
  };
}
