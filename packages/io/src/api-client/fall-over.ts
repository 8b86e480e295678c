/**
 * A registry and its mirrors: the same files in several places, of which the first one that answers is taken.
 *
 * A mirror is believed as the registry is, and no more: versions and archives are pinned by hash wherever they come from.
 */
import { hasCode } from '@ar-registry/core/errors';
import type { HttpResponse } from './http.ts';
import { shown } from './report.ts';

export interface Places {
  /** Base URL of the registry itself. */
  readonly primary: string;
  /** Asked once, when the registry could not be reached: base URLs, in order. */
  readonly mirrors: () => Promise<readonly string[]>;
  readonly onNote: ((text: string) => void) | undefined;
}

type Attempt<T> = (base: string) => Promise<T>;

/** Asks at one place after the other, beginning with the one that answered last, until each was asked once. */
export type FallOver = <T extends Pick<HttpResponse, 'status'>>(attempt: Attempt<T>) => Promise<T>;

/** What one place came to: an answer, or that it is out of order. */
type Outcome<T> = { readonly answer: T; readonly isFinal: boolean } | { readonly error: unknown };

export function createFallOver({ primary, mirrors, onNote }: Places): FallOver {
  let current = 0;
  let all: Promise<readonly string[]> | undefined;
  const everywhere = (): Promise<readonly string[]> => (all ??= mirrors().then((more) => [primary, ...more]));
  const placeAt = async (index: number): Promise<string> =>
    index === 0 ? primary : ((await everywhere())[index] ?? primary);
  return async <T extends Pick<HttpResponse, 'status'>>(attempt: Attempt<T>): Promise<T> => {
    const begin = current;
    let own: Outcome<T> | undefined;
    for (let index = begin; ;) {
      const place = await placeAt(index);
      const outcome = await tryAt(place, { primary, attempt });
      if ('answer' in outcome && outcome.isFinal) {
        if (index !== begin) current = index;
        return outcome.answer;
      }
      if (place === primary) own = outcome;
      index = (index + 1) % (await everywhere()).length;
      if (index === begin) return settle(own ?? outcome);
      const next = await placeAt(index);
      const named = next === primary ? 'the registry itself' : `its mirror ${shown(next)}`;
      onNote?.(`${shown(place)} ${reasonOf(outcome)}; asking ${named}`);
    }
  };
}

async function tryAt<T extends Pick<HttpResponse, 'status'>>(
  place: string,
  { primary, attempt }: { readonly primary: string; readonly attempt: Attempt<T> },
): Promise<Outcome<T>> {
  try {
    const answer = await attempt(place);
    return { answer, isFinal: answer.status < 500 };
  } catch (error) {
    if (hasCode(error, 'REGISTRY_UNREACHABLE')) return { error };
    // A mirror has no token, so that it wants one is no answer.
    if (place !== primary && hasCode(error, 'REGISTRY_UNAUTHORIZED')) return { error };
    throw error;
  }
}

/** What the registry itself came to: that a mirror is out of order too is not what is wrong. */
function settle<T>(outcome: Outcome<T>): T {
  if ('answer' in outcome) return outcome.answer;
  throw outcome.error;
}

function reasonOf<T extends Pick<HttpResponse, 'status'>>(outcome: Outcome<T>): string {
  if ('answer' in outcome) return `answered with status ${outcome.answer.status}`;
  if (hasCode(outcome.error, 'REGISTRY_UNAUTHORIZED')) return `answered with status ${outcome.error.facts.status}`;
  return hasCode(outcome.error, 'REGISTRY_UNREACHABLE') ? outcome.error.facts.reason : 'could not be reached';
}
