/**
 * What Rolldown puts in the place of `using` and `await using`, which Node.js 22 does not know: `u` and `a` note what is
 * to be disposed of, `e` is what was thrown meanwhile, `d` disposes, last noted first.
 *
 * @source https://github.com/tc39/proposal-explicit-resource-management; the shape is that of Babel's helper `usingCtx`
 */
interface Resource {
  readonly dispose: () => unknown;
  readonly isAsync: boolean;
}

const NOTHING = Symbol('nothing was thrown');

// oxlint-disable-next-line import/no-default-export -- as the code that Rolldown writes imports it
export default function usingContext() {
  const resources: Resource[] = [];
  const note = <T>(value: T, isAsync: boolean): T => {
    if (value !== null && value !== undefined) resources.push({ dispose: disposer(value, isAsync), isAsync });
    else if (isAsync) resources.push({ dispose: () => undefined, isAsync });
    return value;
  };
  const context = {
    e: NOTHING as unknown,
    u: <T>(value: T): T => note(value, false),
    a: <T>(value: T): T => note(value, true),
    d: (): Promise<void> | undefined => {
      if (resources.some(({ isAsync }) => isAsync)) return disposeInTurn(resources, context.e);
      disposeNow(resources, context.e);
      return undefined;
    },
  };
  return context;
}

function disposer(value: unknown, isAsync: boolean): () => unknown {
  const methods = value as { [Symbol.asyncDispose]?: unknown; [Symbol.dispose]?: unknown };
  const method = (isAsync ? methods[Symbol.asyncDispose] : undefined) ?? methods[Symbol.dispose];
  if (typeof method !== 'function') throw new TypeError('what `using` was given cannot be disposed of');
  return () => method.call(value) as unknown;
}

function disposeNow(resources: Resource[], thrown: unknown): void {
  let error = thrown;
  for (const { dispose } of resources.toReversed()) {
    try {
      dispose();
    } catch (failure) {
      error = joined(failure, error);
    }
  }
  if (error !== NOTHING) throw error;
}

async function disposeInTurn(resources: Resource[], thrown: unknown): Promise<void> {
  let error = thrown;
  for (const { dispose, isAsync } of resources.toReversed()) {
    try {
      const disposed = dispose();
      if (isAsync) await disposed;
    } catch (failure) {
      error = joined(failure, error);
    }
  }
  if (error !== NOTHING) throw error;
}

/** Node.js 22 has no `SuppressedError`. */
function joined(failure: unknown, earlier: unknown): unknown {
  if (earlier === NOTHING) return failure;
  const both = new Error('an error was suppressed by one while disposing');
  return Object.assign(both, { name: 'SuppressedError', error: failure, suppressed: earlier });
}
