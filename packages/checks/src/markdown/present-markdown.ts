/**
 * A report as the comment on a pull request. Names, paths, messages and evidence are of whoever submits, or come in a
 * document that they could have written: nothing of it becomes a link, a mention or markup.
 */
import type { SubmissionReport } from '@ar-registry/schemas';
import { checks, dependencies, findings, footer, permissions, type Section, verdict } from './sections.ts';

/** The first line of the comment, by which it is found again. */
export const COMMENT_MARKER = '<!-- ar-registry: report of the checks -->';

export interface MarkdownOptions {
  /** In UTF-16 code units; GitHub takes 65,536 characters. */
  readonly maxLength?: number;
}

const MAX_LENGTH = 60_000;

/** The comment, with the verdict first; the same for the same report. What does not fit is counted, not shown. */
export function presentMarkdown(report: SubmissionReport, { maxLength = MAX_LENGTH }: MarkdownOptions = {}): string {
  const end = render(footer(report), Infinity);
  const sections = [
    verdict(report),
    ...findings(report, 'error'),
    ...permissions(report),
    ...dependencies(report),
    checks(report),
    ...findings(report, 'warning'),
  ];
  let text = `${COMMENT_MARKER}\n`;
  for (const [index, section] of sections.entries()) {
    const room = maxLength - text.length - end.length;
    // No section takes all the room from those after it.
    text += render(section, index === sections.length - 1 ? room : room * SHARE);
  }
  return `${text}${end}`;
}

/** Of the room that is left, for one section. */
const SHARE = 0.6;
/** Room for the words that say what was left out. */
const TAIL = 60;

function render({ heading, head, lines }: Section, room: number): string {
  let text = `\n${heading}\n\n${head.map((line) => `${line}\n`).join('')}${isTable(head) || head.length === 0 ? '' : '\n'}`;
  if (text.length + TAIL > room) return '';
  for (const [index, line] of lines.entries()) {
    if (text.length + line.length + TAIL > room) return `${text}\n${lines.length - index} more are left out here.\n`;
    text += `${line}\n`;
  }
  return text;
}

function isTable(head: readonly string[]): boolean {
  return head.at(-1)?.startsWith('| ---') === true;
}
