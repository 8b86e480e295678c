import { ArError } from '@ar-registry/core/errors';
import { parseReviewRecord } from '@ar-registry/core/record';
import { planReview } from '@ar-registry/core/reviews';
import { parsePlugin } from '@ar-registry/core/status';
import { CHANGE_OPTIONS, changePlugin } from '../author/change-plugin.ts';
import { defineCommand } from '../command.ts';

export const rate = defineCommand({
  name: 'rate',
  summary: 'Rate a plugin, and say why.',
  details: [
    'Opens a pull request with one file in your name, which is public and stays in the history of the index. It is merged by a machine if it keeps to the rules: one review for each account and plugin, of a published version, plain text, and not by an owner. Run again, it changes what you said.',
    'The rating in lists is a Bayesian mean: it moves away from 3.5 as more people rate.',
  ],
  examples: [
    { command: 'rate @ar/audit-logger 5', does: 'five stars, of the latest version' },
    { command: 'rate @ar/audit-logger 3 --review "Rotation loses the last line." --version 1.0.0', does: 'and why' },
  ],
  options: {
    review: { type: 'string', value: 'TEXT', summary: 'plain text, at most 2,000 characters' },
    version: { type: 'string', value: 'VERSION', summary: 'the version that it is about; the latest unless given' },
    ...CHANGE_OPTIONS,
  },
  positionals: { plugin: { summary: '@scope/name' }, stars: { summary: '1 to 5' } },
  async run({ values, args }, context) {
    const name = parsePlugin(args.plugin);
    const stars = parseStars(args.stars);
    return changePlugin(
      name,
      {
        values,
        plan: (plugin, { submitter, files }) => {
          const [path, before] = reviewOf(files, submitter.id) ?? [];
          const now = context.now().toISOString();
          return planReview(plugin, {
            stars,
            text: values.review,
            version: values.version,
            author: submitter,
            now,
            before,
            path,
          });
        },
      },
      context,
    );
  },
});

/** @throws USAGE */
function parseStars(text: string): number {
  if (/^[1-5]$/.test(text)) return Number(text);
  throw new ArError('USAGE', { problem: `${text} is no rating: give 1, 2, 3, 4 or 5.`, help: 'ar plugin rate --help' });
}

/** What the account said before, and where; it may have had another name then. */
function reviewOf(files: ReadonlyMap<string, string>, id: number) {
  for (const [path, text] of files) {
    if (!path.startsWith('reviews/')) continue;
    const parsed = parseReviewRecord(text, path);
    if (parsed.ok && parsed.record.author.id === id) return [path, parsed.record] as const;
  }
  return undefined;
}
