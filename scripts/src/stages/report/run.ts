/**
 * Telling an author what the checks said, where there is a token that can write.
 *
 * The report comes from a job whose workflow the pull request itself could have changed, and that had read hostile data:
 * it is believed only as far as it cannot do harm (docs/decisions/010-trust-in-reports.md). Whom it is about is asked
 * from GitHub, and a pull request that touches anything besides the index gets no report of its own making.
 */
import { COMMENT_MARKER, SUBMISSION_LABELS, labelsFor, presentMarkdown } from '@ar-registry/checks';
import { hasCode } from '@ar-registry/core/errors';
import type { GitHubRepository, LabelSpec, PullFile, PullRequest } from '@ar-registry/io/github';
import type { ReportOutput, SubmissionReport } from '@ar-registry/schemas';
import { validator as isSubmissionReport } from '@ar-registry/schemas/validators/submission-report';
import { readUntrusted } from '../check/index.ts';
import { isInIndex } from './in-index.ts';

export interface ReportInput {
  /** What the pull request job left. Absolute. */
  readonly file: string;
  /** The commit that the job ran for, as GitHub says. */
  readonly head: string;
  /** Where the index lies in the repository: empty, or with a slash at the end. */
  readonly prefix: string;
}

export type ReportOutcome = Omit<ReportOutput, 'schemaVersion'>;

const LIMIT_BYTES = 16 * 1024 * 1024;

/** @throws GITHUB_…, FILE_ACCESS, ABORTED */
export async function tellReport(input: ReportInput, repository: GitHubRepository): Promise<ReportOutcome> {
  const { defaultBranch } = await repository.facts();
  const pulls = (await repository.findPulls({ headSha: input.head })).filter(({ base }) => base.ref === defaultBranch);
  if (pulls.length === 0) return { believed: false, reason: 'No open pull request has this commit.', labels: [] };
  const read = await readReport(input);
  // Somebody else can open a pull request with the very same commit: the report is for whom it names.
  const pull = pulls.find(({ author }) => typeof read !== 'string' && author?.id === read.submitter?.id) ?? pulls[0];
  if (!pull) throw new Error('A list that is not empty has a first element.');
  const doubt = typeof read === 'string' ? read : await doubtOf(pull, read, { input, repository });
  const isBelieved = typeof read !== 'string' && doubt === undefined;
  const labels = isBelieved ? labelsFor(read) : UNBELIEVED_LABELS;
  await repository.ensureLabels(LABELS);
  await repository.upsertComment(
    pull.number,
    COMMENT_MARKER,
    isBelieved ? presentMarkdown(read) : unbelieved(doubt ?? ''),
  );
  await repository.setLabels(pull.number, labels, SUBMISSION_LABELS);
  const told = { pull: pull.number, believed: isBelieved, labels: [...labels] };
  return doubt === undefined ? told : { ...told, reason: doubt };
}

/** @returns why there is no report to believe, in a sentence of our own */
async function readReport({ file, head }: ReportInput): Promise<SubmissionReport | string> {
  try {
    const report = await readUntrusted(file, { validate: isSubmissionReport, limitBytes: LIMIT_BYTES });
    return report.head === head ? report : 'The report is about another commit.';
  } catch (error) {
    if (hasCode(error, 'FILE_NOT_FOUND')) return 'The checks left no report.';
    if (hasCode(error, 'REPORT_NOT_BELIEVED')) return 'The report does not have the form of a report.';
    throw error;
  }
}

interface Asking {
  readonly input: ReportInput;
  readonly repository: GitHubRepository;
}

async function doubtOf(
  { number, author }: PullRequest,
  { submitter }: SubmissionReport,
  { input, repository }: Asking,
): Promise<string | undefined> {
  if (submitter === undefined || submitter.id !== author?.id) return 'The report names another submitter.';
  try {
    const files = await repository.pullFiles(number);
    return files.every((file) => isSubmitted(file, input.prefix))
      ? undefined
      : 'The pull request changes files outside of the index, so it could have changed its own checks.';
  } catch (error) {
    if (!hasCode(error, 'GITHUB_TOO_LARGE')) throw error;
    return 'The pull request changes more files than GitHub lists.';
  }
}

/** A file that is moved into the index was one outside of it. */
function isSubmitted({ path, previousPath }: PullFile, prefix: string): boolean {
  return isInIndex(path, prefix) && (previousPath === undefined || isInIndex(previousPath, prefix));
}

const UNBELIEVED_LABELS = ['checks-incomplete', 'needs-review'] as const;

function unbelieved(doubt: string): string {
  return [
    COMMENT_MARKER,
    '## The checks of this pull request tell nothing',
    '',
    `${doubt} A reviewer has to look at it.`,
    '',
  ].join('\n');
}

const LABELS: readonly LabelSpec[] = [
  { name: 'checks-passed', color: '2da44e', description: 'Every check of the registry passed.' },
  { name: 'checks-failed', color: 'cf222e', description: 'The author has something to mend.' },
  { name: 'checks-incomplete', color: 'bf8700', description: 'A check could not run, which is no pass.' },
  { name: 'needs-review', color: '8250df', description: 'A person must look at this before it is merged.' },
  { name: 'new-plugin', color: '0969da', description: 'The first version of a plugin.' },
  { name: 'new-scope', color: '0969da', description: 'The first plugin of a scope.' },
  { name: 'permissions-widened', color: 'bf8700', description: 'It may do more than the version before it.' },
];
