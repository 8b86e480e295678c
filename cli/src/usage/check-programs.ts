/** The programs that a daemon with plugins is made of, as checks. */
import { findFault, findLoader, findRelay } from './relay-package.ts';

export type ProgramCheck =
  | { readonly id: string; readonly result: 'pass'; readonly message: string }
  | { readonly id: string; readonly result: 'fail'; readonly message: string; readonly remedy: string };

/** Node.js that is too old never gets here. */
export async function checkPrograms(projectDir: string): Promise<readonly ProgramCheck[]> {
  return [
    { id: 'node', result: 'pass', message: `Node.js ${process.versions.node}.` },
    await check('agent-relay', async () => `agent-relay ${(await findRelay(projectDir)).version}.`),
    await check('loader', () => {
      findLoader(projectDir);
      return 'The plugin loader is installed.';
    }),
  ];
}

/** @param find says what it found */
async function check(id: string, find: () => string | Promise<string>): Promise<ProgramCheck> {
  let message = '';
  const fault = await findFault(async () => {
    message = await find();
  });
  return fault ? { id, result: 'fail', message: fault.message, remedy: fault.remedy } : { id, result: 'pass', message };
}
