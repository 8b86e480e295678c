import type { Workspace } from './workspace.ts';

const MAX_CHARS = 4000;

/** What Slack would show otherwise than it was meant, or at all: text is its own markup, never what somebody typed. */
export function checkText(text: string, workspace: Workspace): readonly string[] {
  return [
    ...(text.length > MAX_CHARS ? [`text has ${text.length} characters`] : []),
    ...(text.isWellFormed() ? [] : ['half a character']),
    ...((text.match(/```/g)?.length ?? 0) % 2 === 1 ? ['a block of code that is not closed'] : []),
    ...[...text.matchAll(/<([^>]*)>?/g)].flatMap(([, inside = '']) => checkReference(inside, workspace)),
    ...[...text.matchAll(/&(?:[a-z]+;)?/g)].flatMap(([entity]) => checkEntity(entity)),
  ];
}

function checkReference(inside: string, { users, channels }: Workspace): readonly string[] {
  const id = inside.slice(1);
  const isKnown = (inside.startsWith('@') && users.has(id)) || (inside.startsWith('#') && channels.has(id));
  return isKnown ? [] : [`<${inside}> is no mention of anybody`];
}

function checkEntity(entity: string): readonly string[] {
  return ['&amp;', '&lt;', '&gt;'].includes(entity) ? [] : [`${entity} is not escaped`];
}
