import { toSingleLine, truncate } from '@ar-registry/core/text';

export interface Waiting {
  /** @param what as a person would name it: `another process` */
  begin(what: string): void;
  end(): void;
}

/** What takes no longer is not worth a word. */
const MOMENT_MS = 1_000;
const MAX_LENGTH = 500;

/** Says what is waited for, once that takes longer than a moment. */
export function tellOfWaiting(print: (line: string) => void): Waiting {
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => clearTimeout(timer);
  return {
    begin(what) {
      end();
      timer = setTimeout(() => print(`Waiting for ${truncate(toSingleLine(what), MAX_LENGTH)} …`), MOMENT_MS);
    },
    end,
  };
}
