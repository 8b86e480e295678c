/** What a command of a user asks a server for, counted there. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Answered, CountingServer } from './counting-server.ts';
import type { Program } from './measure.ts';

/** The server is in this process, which the command must not keep from answering. @throws Error if the command fails */
export async function requestsOf(program: Program, server: CountingServer): Promise<readonly Answered[]> {
  server.take();
  const { file, args, env, cwd } = program;
  await promisify(execFile)(file, [...args], { ...(env && { env }), ...(cwd !== undefined && { cwd }) });
  return server.take();
}

/** Of the bodies and the heads, as the connections carried them. */
export function bytesOf(answered: readonly Answered[]): number {
  return answered.reduce((sum, { bytes }) => sum + bytes, 0);
}
