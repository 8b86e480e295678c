import type { Presenter } from '../command.ts';
import { textLines } from './text.ts';

type Outcome =
  | { readonly kind: 'script'; readonly shell: string; readonly script: string }
  | { readonly kind: 'names'; readonly plugins: readonly string[] };

export const presentCompletion: Presenter<Outcome> = {
  text: (outcome) => (outcome.kind === 'script' ? textLines(outcome.script) : outcome.plugins),
  json: (outcome) =>
    outcome.kind === 'script' ? { shell: outcome.shell, script: outcome.script } : { plugins: outcome.plugins },
};
