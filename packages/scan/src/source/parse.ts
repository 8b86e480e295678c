/**
 * JavaScript text → syntax tree, as Node would read it: as a module, then as CommonJS, then as a script.
 *
 * The text is attacker-controlled. acorn reports a text that is nested too deeply instead of crashing the process, which
 * is why it stands here; see docs/decisions/007-static-scan.md.
 */
import { parse, type Options, type Program } from 'acorn';

export type SourceMode = 'module' | 'commonjs' | 'script';

export type ParsedSource =
  | { readonly kind: 'parsed'; readonly mode: SourceMode; readonly program: Program }
  | { readonly kind: 'unparsable'; readonly line: number; readonly column: number }
  | { readonly kind: 'too-deep' };

const MODES: readonly SourceMode[] = ['module', 'commonjs', 'script'];

/** Parses `text`; where no mode accepts it, says where the first one stopped. Lines and columns count from 1. Never throws. */
export function parseSource(text: string): ParsedSource {
  let failure: ParsedSource | undefined;
  for (const mode of MODES) {
    try {
      return { kind: 'parsed', mode, program: parse(text, optionsOf(mode)) };
    } catch (error) {
      const told = toFailure(error);
      if (told.kind === 'too-deep') return told;
      failure ??= told;
    }
  }
  return failure ?? { kind: 'too-deep' };
}

function optionsOf(mode: SourceMode): Options {
  return { ecmaVersion: 'latest', sourceType: mode, ranges: true, allowHashBang: true };
}

function toFailure(error: unknown): Exclude<ParsedSource, { readonly kind: 'parsed' }> {
  const at =
    error instanceof SyntaxError && 'loc' in error ? (error.loc as { line: number; column: number }) : undefined;
  // acorn adds no place to what is not about the text: it ran out of stack.
  if (!at || isOutOfStack(error)) return { kind: 'too-deep' };
  return { kind: 'unparsable', line: at.line, column: at.column + 1 };
}

/** acorn has no other mark for it than its text. */
function isOutOfStack(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Not enough stack space');
}
