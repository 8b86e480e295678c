/** How a failure is told: `error[CODE]: sentence`, `help: remedy`, and with --verbose what led to it. */
import { hasCode, isArError } from '@ar-registry/core/errors';
import { hideCredentials, stripControl } from '@ar-registry/core/text';
import type { ErrorOutput } from '@ar-registry/schemas';
import { type Page, textLines, toned } from './text.ts';

/** What a person or a program is told of any thrown value, and how the process ends. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly exitCode: number;
}

const REPORT = 'Run it again with --verbose and report what it prints: this is a bug of ar.';

export function describeFailure(error: unknown): Failure {
  if (isArError(error)) {
    const { code, message, remedy, exit } = error;
    return { code, message: stripControl(message), remedy: stripControl(remedy), exitCode: exit };
  }
  // What nobody expected may hold the address of a registry, with the user's password.
  const message = hideCredentials(error instanceof Error ? error.message : String(error));
  return { code: 'BUG', message: stripControl(message), remedy: REPORT, exitCode: 70 };
}

export function presentFailure({ code, message, remedy }: Failure): Page {
  return [
    [toned(`error[${code}]`, 'bad'), ': ', message],
    [toned('help', 'name'), ': ', remedy],
  ];
}

/** The document that --json prints; findings, where that is what stopped the command, are in it too. */
export async function failureDocument(error: unknown, failure: Failure): Promise<ErrorOutput> {
  const { code, message, remedy } = failure;
  const document: ErrorOutput = { schemaVersion: 1, error: { code, message, remedy } };
  if (!hasCode(error, 'FINDINGS') || error.facts.findings === undefined) return document;
  const { toFindingDocument } = await import('@ar-registry/core/findings');
  return { ...document, findings: error.facts.findings.map(toFindingDocument) };
}

/** Stack and causes, for --verbose. */
export function presentTrace(error: unknown): Page {
  if (!(error instanceof Error)) return [];
  const own = textLines(hideCredentials(error.stack ?? error.message));
  return error.cause === undefined ? own : [...own, 'caused by:', ...presentTrace(error.cause)];
}
