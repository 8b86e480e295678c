import { resolve } from 'node:path';
import type { GitRepository } from '@ar-registry/io/git';
import type { Account } from '@ar-registry/schemas';
import { usage } from '../args.ts';
import { readPullRequestEvent } from '../github/read-event.ts';
import { parseAccount } from './accounts.ts';

export interface ChangeOptions {
  /** For the help that an error points to. */
  readonly command: string;
  readonly base?: string;
  readonly head?: string;
  /** File of the event of a pull request. */
  readonly event?: string;
  readonly submitter?: string;
  /** Separated by commas. */
  readonly label?: string;
}

export interface ResolvedChange {
  readonly base: string;
  readonly head: string;
  readonly submitter: Account | undefined;
  readonly labels: readonly string[];
}

/**
 * What is to be looked at, and who answers for it. Submitter and labels of an event count for the commit of that event
 * alone: for any other they would be somebody's word for something he never saw.
 *
 * @throws USAGE where the event is about another commit than `--head`; FILE_INVALID, REVISION_UNKNOWN
 */
export async function resolveChange(
  repository: GitRepository,
  options: ChangeOptions,
  cwd: string,
): Promise<ResolvedChange> {
  const { event, command } = options;
  if (event === undefined) return fromOptions(options);
  const help = `ar-registry ${command} --help`;
  if (options.submitter !== undefined || options.label !== undefined)
    throw usage('The event says who submits and which labels there are: leave out --submitter and --label.', help);
  const { base, head, submitter, labels } = await readPullRequestEvent(resolve(cwd, event));
  if (options.head !== undefined && (await repository.resolveRevision(options.head)) !== head)
    throw usage('The event is about another commit than --head.', help);
  return { base: options.base ?? base, head, submitter, labels };
}

function fromOptions({ base = '', head = '', submitter, label = '', command }: ChangeOptions): ResolvedChange {
  const labels = label.split(',').filter((name) => name !== '');
  return { base, head, submitter: submitter === undefined ? undefined : parseAccount(submitter, command), labels };
}
