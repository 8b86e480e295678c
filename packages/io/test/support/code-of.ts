import { isArError, type ArError, type ErrorCode } from '@ar-registry/core/errors';

/** The `ArError` that `work` ends with; a test that expects one fails by any other end. */
export async function errorOf(work: Promise<unknown>): Promise<ArError> {
  const outcome = await work.then(
    (value: unknown) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && isArError(outcome.error)) return outcome.error;
  throw new Error(`Expected an ArError, got ${'error' in outcome ? String(outcome.error) : 'a value'}`, {
    cause: 'error' in outcome ? outcome.error : undefined,
  });
}

/** Its code. */
export async function codeOf(work: Promise<unknown>): Promise<ErrorCode> {
  return (await errorOf(work)).code;
}
