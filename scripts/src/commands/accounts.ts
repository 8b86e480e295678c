import type { Account } from '@ar-registry/schemas';
import { usage } from '../args.ts';

/** Reads `login:id`. @throws USAGE */
export function parseAccount(text: string, command: string): Account {
  const [, login, id] = /^([A-Za-z0-9][A-Za-z0-9-]{0,38}):([1-9]\d{0,15})$/.exec(text) ?? [];
  if (login === undefined || id === undefined)
    throw usage('--submitter is not <login>:<id>, such as ada:4711.', `ar-registry ${command} --help`);
  return { login, id: Number(id) };
}
