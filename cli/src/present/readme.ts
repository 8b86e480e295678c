import type { Presenter } from '../command.ts';
import { textLines } from './text.ts';

interface Outcome {
  readonly name: string;
  readonly readme: string;
}

export const presentReadme: Presenter<Outcome> = {
  text: ({ readme }) => textLines(readme),
  paged: true,
  json: ({ name, readme }) => ({ name, readme }),
};
