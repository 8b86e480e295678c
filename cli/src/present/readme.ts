import type { Presenter } from '../command.ts';
import { type Page, textLines } from './text.ts';

interface Outcome {
  readonly name: string;
  /** Markdown. */
  readonly readme: string;
  /** Sets it for a terminal; absent where it is shown as it was written. */
  readonly render?: (width: number) => Page;
}

export const presentReadme: Presenter<Outcome> = {
  text: ({ readme, render }, width) => render?.(width) ?? textLines(readme),
  paged: true,
  json: ({ name, readme }) => ({ name, readme }),
};
