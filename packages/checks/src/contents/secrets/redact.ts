import type { Check, ReportedFinding } from '@ar-registry/schemas';
import type { Secret } from './check-secrets.ts';

const MASK = '***';
/** A secret may be shortened where it is quoted: so much of its beginning is enough to tell it. */
const TELLING = 12;

/** The check without words that quote a secret: what was found elsewhere on its lines, and wherever it stands itself. */
export function redact(check: Check, secrets: readonly Secret[]): Check {
  if (secrets.length === 0) return check;
  return { ...check, findings: check.findings.map((found) => redactFinding(found, secrets)) };
}

function redactFinding(found: ReportedFinding, secrets: readonly Secret[]): ReportedFinding {
  const { file, line, evidence } = found;
  const near = secrets.some((secret) => secret.file === file && secret.firstLine <= line && line <= secret.lastLine);
  const clean = (text: string): string => secrets.reduce(without, text);
  return {
    ...found,
    path: clean(found.path),
    message: clean(found.message),
    remedy: clean(found.remedy),
    ...(evidence === undefined ? {} : { evidence: near ? MASK : clean(evidence) }),
  };
}

function without(text: string, { text: secret }: Secret): string {
  const telling = secret.trim().slice(0, TELLING);
  if (telling.length < 4) return text;
  const parts = text.split(telling);
  // The rest of the word may be of the secret too.
  return parts.map((part, index) => (index === 0 ? part : part.replace(/^\S*/, MASK))).join('');
}
