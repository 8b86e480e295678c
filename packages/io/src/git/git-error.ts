/** What a git process that failed comes to, by what it wrote. Apart from what starts processes: each way of that needs it. */
import { tmpdir } from 'node:os';
import { ArError } from '@ar-registry/core/errors';
import { hideCredentials, toSingleLine, truncate } from '@ar-registry/core/text';

export interface GitFailure {
  readonly doing: string;
  /** Where git wrote, if that is known; else it is taken to be the system's temporary folder. */
  readonly folder?: string | undefined;
  /** What git wrote to stderr: in part the words of the remote. */
  readonly stderr: string;
  readonly canceled?: boolean;
  /** The system's code when git could not be started. */
  readonly code?: string | undefined;
}

/** The error of ours for a git process that failed. Credentials in addresses are removed. */
export function toGitError({ doing, folder, stderr, canceled, code }: GitFailure): ArError {
  if (canceled) return new ArError('ABORTED', { doing });
  if (code === 'ENOENT') return new ArError('COMMAND_NOT_FOUND', { command: 'git' });
  if (code === 'ENOSPC' || isDiskFull(stderr)) return new ArError('DISK_FULL', { path: folder ?? tmpdir() });
  return new ArError('GIT_FAILED', {
    doing: hideCredentials(doing),
    reason: reasonOf(stderr) || code || 'no reason given',
  });
}

/**
 * git has no other sign of it than the words of the C library, which are in English under our `LC_ALL`. Lines that the
 * remote wrote are of its own disk, or of its invention.
 */
function isDiskFull(stderr: string): boolean {
  return stderr
    .split(/[\r\n]+/)
    .some((line) => /: (?:No space left on device|Disk quota exceeded)$/.test(line.trim()) && !isOfRemote(line));
}

function isOfRemote(line: string): boolean {
  return /^\s*(?:remote:|(?:fatal|error): (?:remote error|protocol error))/.test(line);
}

/** The lines that say why, cleaned: progress and hints left out. */
export function reasonOf(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).map((line) => line.trim());
  const telling = lines.filter((line) => /^(?:fatal|error|remote|ssh|!):?/i.test(line));
  const chosen = (telling.length > 0 ? telling : lines).filter((line) => line !== '');
  return truncate(toSingleLine(hideCredentials(chosen.join(' '))), 500);
}
