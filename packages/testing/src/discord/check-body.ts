import type { Fields } from './guild.ts';

const MAX_CHARS = 2000;
const SUPPRESS_EMBEDS = 4;

/** What is wrong with a message: too long, half a block of code, or one that could notify everybody. */
export function checkBody(body: Fields, optional: readonly string[]): readonly string[] {
  const { content, allowed_mentions: allowed, flags, ...others } = body;
  return [
    ...checkContent(content),
    ...checkMentions(allowed),
    ...(flags === SUPPRESS_EMBEDS ? [] : [`previews are not off: flags ${String(flags)}`]),
    ...Object.keys(others)
      .filter((key) => !optional.includes(key))
      .map((key) => `${key} does not belong to a message`),
  ];
}

function checkContent(content: unknown): readonly string[] {
  if (typeof content !== 'string' || content.trim() === '') return ['a message without content'];
  return [
    ...(content.length > MAX_CHARS ? [`content has ${content.length} characters`] : []),
    ...(content.isWellFormed() ? [] : ['half a character']),
    ...((content.match(/```/g)?.length ?? 0) % 2 === 1 ? ['a block of code that is not closed'] : []),
  ];
}

function checkMentions(allowed: unknown): readonly string[] {
  const { parse } = (allowed ?? {}) as { readonly parse?: unknown };
  return Array.isArray(parse) && parse.length === 0 ? [] : ['a message may mention whom its text names'];
}
