export { ERRORS, type ErrorCode, type ErrorFacts } from './catalogue.ts';
export type { ErrorEntry, ExitCode } from './entry.ts';
export { ArError, assertNever, hasCode, isArError } from './error.ts';
export { bindCommand } from './bind-command.ts';
