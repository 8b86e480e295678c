/**
 * Where GitHub's description contradicts its own prose, and the prose is what the service does.
 *
 * Kept short on purpose: each entry is a hole in the comparison, so each says why.
 */
import type { Description } from './description.ts';

export interface Deviation {
  readonly why: string;
  /** Changes the description, which the caller has just parsed and nobody else holds. */
  mend(description: Description): void;
}

interface Loose {
  [key: string]: Loose;
}

const NULLABLE_REPOSITORY = { allOf: [{ $ref: '#/components/schemas/repository' }], nullable: true };

export const DEVIATIONS: readonly Deviation[] = [
  {
    why: 'An upload that broke off leaves an asset in state `starter` (prose of repos/upload-release-asset); the list of states lacks it.',
    mend({ components }) {
      const states: unknown = at(components.schemas['release-asset'], ['properties', 'state', 'enum']);
      (states as string[]).push('starter');
    },
  },
  {
    why: 'The repository of a pull request’s head is null once it has been deleted, as the schemas of the webhooks say.',
    mend({ components }) {
      for (const name of ['pull-request', 'pull-request-simple'])
        Object.assign(at(components.schemas[name], ['properties', 'head', 'properties']), {
          repo: NULLABLE_REPOSITORY,
        });
    },
  },
  {
    why: '“You can pass an empty array to remove all labels” (issues/set-labels), yet the array must have an item.',
    mend({ paths }) {
      const operation = paths['/repos/{owner}/{repo}/issues/{issue_number}/labels']?.['put'];
      const choices = at(operation?.requestBody?.content, ['application/json', 'schema', 'oneOf']);
      for (const choice of Object.values(choices)) delete at(choice, ['properties', 'labels'])['minItems'];
    },
  },
];

function at(value: unknown, keys: readonly string[]): Loose {
  return keys.reduce((inner, key) => {
    const next = inner[key];
    if (next === undefined) throw new Error(`GitHub's description has no ${keys.join('.')} where one was mended.`);
    return next;
  }, value as Loose);
}
