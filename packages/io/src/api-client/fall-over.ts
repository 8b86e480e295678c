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
  const isDown = new Set<string>();
  let all: Promise<readonly string[]> | undefined;
  const everywhere = (): Promise<readonly string[]> => (all ??= mirrors().then((more) => [primary, ...more]));
  const placeAt = async (index: number): Promise<string> =>
    index === 0 ? primary : ((await everywhere())[index] ?? primary);
  const tell = (place: string, next: string, outcome: Outcome<Statused>): void => {
    const named = next === primary ? 'the registry itself' : `its mirror ${shown(next)}`;
    onNote?.(`${shown(place)} ${reasonOf(outcome)}; asking ${named}`);
  };
  return async <T extends Statused>(attempt: Attempt<T>): Promise<T> => {
    const begin = current;
    const round: Round<T> = {};
    for (let index = begin; ;) {
      const place = await placeAt(index);
      // What a mirror does not carry is worth no second wait for who is out of order.
      const outcome = round.missing && isDown.has(place) ? round.missing : await tryAt(place, { primary, attempt });
      if ('answer' in outcome && outcome.isFinal) {
        current = index;
        return outcome.answer;
      }
      if (isNotThere(outcome)) round.missing ??= outcome;
      else isDown.add(place);
      if (place === primary) round.own = outcome;
      index = (index + 1) % (await everywhere()).length;
      if (index === begin) return settle(round, outcome);
      tell(place, await placeAt(index), outcome);
    }
  };
}

type Statused = Pick<HttpResponse, 'status'>;

/** What asking everywhere came to so far. */
interface Round<T> {
  /** Of the registry itself. */
  own?: Outcome<T>;
  /** Of the first mirror that does not carry the file. */
  missing?: Outcome<T>;
}

function isNotThere(outcome: Outcome<Statused>): boolean {
  return 'answer' in outcome && isMissing(outcome.answer);
}

async function tryAt<T extends Pick<HttpResponse, 'status'>>(
  place: string,
  { primary, attempt }: { readonly primary: string; readonly attempt: Attempt<T> },
): Promise<Outcome<T>> {
  try {
    const answer = await attempt(place);
    // A mirror may carry only a part: another one may have it.
    return { answer, isFinal: answer.status < 500 && (place === primary || !isMissing(answer)) };
  } catch (error) {
    if (hasCode(error, 'REGISTRY_UNREACHABLE')) return { error };
    // A mirror has no token, so that it wants one is no answer.
    if (place !== primary && hasCode(error, 'REGISTRY_UNAUTHORIZED')) return { error };
    throw error;
  }
}

/** A server that says that it has no such file. */
export function isMissing({ status }: Pick<HttpResponse, 'status'>): boolean {
  return status === 404 || status === 410;
}

/** What the registry itself came to, unless a mirror knows better: that a mirror is out of order too is not what is wrong. */
function settle<T>({ missing, own }: Round<T>, last: Outcome<T>): T {
  const outcome = missing ?? own ?? last;
  if ('answer' in outcome) return outcome.answer;
  throw outcome.error;
}

function reasonOf<T extends Pick<HttpResponse, 'status'>>(outcome: Outcome<T>): string {
  if ('answer' in outcome) return `answered with status ${outcome.answer.status}`;
  if (hasCode(outcome.error, 'REGISTRY_UNAUTHORIZED')) return `answered with status ${outcome.error.facts.status}`;
  return hasCode(outcome.error, 'REGISTRY_UNREACHABLE') ? outcome.error.facts.reason : 'could not be reached';
}
