import type { Presenter } from '../command.ts';
import type { UpOutcome } from '../commands/up.ts';
import { shellLine } from '../usage/up-command.ts';

/** What agent-relay said, it said itself. */
export const presentUp: Presenter<UpOutcome> = {
  text: (outcome) => (outcome.kind === 'planned' ? [shellLine(outcome.command)] : []),
  json: (outcome) => {
    if (outcome.kind === 'ended') return { kind: outcome.kind, exitCode: outcome.exitCode };
    const { file, args, cwd, variables, relayVersion } = outcome.command;
    return { kind: outcome.kind, command: [file, ...args], cwd, env: variables, agentRelay: relayVersion };
  },
  exitCode: (outcome) => (outcome.kind === 'ended' ? outcome.exitCode : 0),
};
