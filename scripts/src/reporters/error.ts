import { ArError, isArError } from '@ar-registry/core/errors';
import { hideCredentials, toSingleLine } from '@ar-registry/core/text';
import { translateFileError } from '@ar-registry/io/files';
import type { ErrorOutput } from '@ar-registry/schemas';

/** Whatever was thrown, told: for people, for scripts, and as an exit code. */
export interface PresentedError {
  readonly text: string;
  readonly json: ErrorOutput;
  readonly exitCode: number;
}

export function presentError(thrown: unknown, command: string): PresentedError {
  const error = recognise(thrown, command);
  const code = isArError(error) ? error.code : 'BUG';
  const message = clean(isArError(error) ? error.message : `Something went wrong inside ar-registry: ${String(error)}`);
  const remedy = clean(
    isArError(error) ? error.remedy : 'Please report this, with the output of the same command and --verbose.',
  );
  return {
    text: `error[${code}]: ${message}\nhelp: ${remedy}\n`,
    json: { schemaVersion: 1, error: { code, message, remedy } },
    exitCode: isArError(error) ? error.exit : 70,
  };
}

/** Errors of the file system and of an interruption, wherever they came from. */
function recognise(thrown: unknown, command: string): unknown {
  if (isArError(thrown)) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError') return new ArError('ABORTED', { doing: command });
  const path = thrown instanceof Error && 'path' in thrown ? String(thrown.path) : 'a file';
  return translateFileError(thrown, path);
}

function clean(text: string): string {
  return toSingleLine(hideCredentials(text));
}
