/**
 * The rules of secretlint, asked about one text.
 *
 * The text is of a plugin's author: the comments by which secretlint is told to look away have no effect here, no file is
 * read, and of what a rule reports only its name and its place are used, because its words quote the secret.
 */
import { findFurtherTokens } from './further-tokens.ts';
import { loadProfiler } from './profiler.ts';

export interface Hit {
  /** `slack`, of `@secretlint/secretlint-rule-slack`. */
  readonly rule: string;
  /** What the rule calls it: `SLACK_TOKEN`. */
  readonly kind: string;
  /** In UTF-16 code units of the text. */
  readonly start: number;
  readonly end: number;
}

/** `name` is the file's path: some rules look at its ending. */
export type FindSecrets = (name: string, text: string) => Promise<readonly Hit[]>;

/** Reads `secretlint-disable` comments. */
const COMMENTS = '@secretlint/secretlint-rule-filter-comments';

/** Loads the rules, which takes longer than most packages take to be searched. */
export async function loadRules(): Promise<FindSecrets> {
  const { lintSource } = await import('@secretlint/core');
  const { rules } = await import('@secretlint/secretlint-rule-preset-recommend');
  await stopProfiling();
  const config = {
    rules: rules.filter(({ meta }) => meta.id !== COMMENTS).map((rule) => ({ id: rule.meta.id, rule })),
  };
  return async (name, content) => {
    const source = { filePath: name, content, contentType: 'text' as const, ext: /\.json$/i.test(name) ? '.json' : '' };
    const { messages } = await lintSource({ source, options: { config, noPhysicFilePath: true } });
    const known = messages.map(({ ruleId, messageId, range: [start, end] }) => ({
      rule: ruleId.replace(/^.*secretlint-rule-/, ''),
      kind: messageId,
      start,
      end,
    }));
    return [...known, ...findFurtherTokens(content)];
  };
}

/** It marks every rule on every text on the timeline of the process, and keeps all marks. */
async function stopProfiling(): Promise<void> {
  const { secretLintProfiler } = await loadProfiler();
  secretLintProfiler?.setEnabled?.(false);
}
