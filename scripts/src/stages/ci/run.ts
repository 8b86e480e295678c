import { checkWithChange, type CheckedChange, type CheckInput, type CheckPorts } from '../check/index.ts';
import { sourceCheck, type SourceCheckInput } from '../source-check/index.ts';

export interface CiInput extends SourceCheckInput, Omit<CheckInput, 'source' | 'allowLoopback'> {}

/** Both jobs of a pull request, one after the other: the same stages, with the same result. */
export async function ci(input: CiInput, ports: CheckPorts & { readonly signal: AbortSignal }): Promise<CheckedChange> {
  const source = await sourceCheck(input, ports);
  return checkWithChange({ ...input, source, allowLoopback: input.allowLocal }, ports);
}
