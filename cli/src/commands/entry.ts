import type { RunnableCommand } from '../command.ts';

export interface CommandEntry {
  readonly name: string;
  /** As in the command itself: the overview must not import every command to know it. */
  readonly summary: string;
  /** What --json prints: the name of its schema in `schemas/v1/cli`, where that is not its own. */
  readonly document?: string;
  readonly load: () => Promise<RunnableCommand>;
}
