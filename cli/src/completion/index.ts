import { bashScript } from './bash.ts';
import type { CompletedProgram, Shell } from './describe.ts';
import { fishScript } from './fish.ts';
import { powershellScript } from './powershell.ts';
import { zshScript } from './zsh.ts';

export { describeCommands } from './describe.ts';

/** The script that a shell reads to complete `ar plugin`. */
export function completionScript(shell: Shell, program: CompletedProgram): string {
  const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript };
  return scripts[shell](program);
}
