/**
 * Whether a bundle proves where an archive comes from: signed by a workflow of the very repository, at the very commit
 * that the record names, over the very archive. Without a network: against the pinned root alone.
 *
 * What a workflow says of itself is not enough, since whoever writes it writes that, too. Repository and commit are
 * therefore those of the certificate, which the authority has from the token that the platform gave to the workflow.
 *
 * @source Sigstore bundle v0.3; Fulcio OIDs 1.3.6.1.4.1.57264.1
 */
import { isSameRepository } from '@ar-registry/core/git-name';
import { bundleFromJSON, isBundleWithDsseEnvelope, type Bundle } from '@sigstore/bundle';
import { Verifier, toSignedEntity, toTrustMaterial, type Signer } from '@sigstore/verify';
import type { Provenance } from '@ar-registry/schemas';
import { PREDICATE_TYPE, readStatement } from './statement.ts';
import type { TrustedRoot } from './trusted-root.ts';

/** What the record says, which the bundle has to prove. */
export interface ProvenanceClaim {
  readonly repository: string;
  readonly commit: string;
  /** Of the archive, in hexadecimal. */
  readonly sha512: string;
  readonly sha256: string;
}

export type VerifiedProvenance =
  | { readonly ok: true; readonly provenance: Provenance }
  /** `problem` completes “it …”, in one line. */
  | { readonly ok: false; readonly problem: string };

/** Platforms that tell a workflow's repository and commit truly. */
const ISSUERS: readonly string[] = ['https://token.actions.githubusercontent.com', 'https://gitlab.com'];

/** @source https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
const OID = {
  repository: '1.3.6.1.4.1.57264.1.12',
  commit: '1.3.6.1.4.1.57264.1.13',
  invocation: '1.3.6.1.4.1.57264.1.21',
} as const;

/** @param bundle attacker-controlled text */
export function verifyProvenance(bundle: string, claim: ProvenanceClaim, root: TrustedRoot): VerifiedProvenance {
  const opened = open(bundle, root);
  if ('problem' in opened) return { ok: false, problem: opened.problem };
  const identity = identityOf(opened.signer);
  const statement = readStatement(opened.payload, claim);
  if (typeof statement === 'string') return { ok: false, problem: statement };
  const problem = problemOf(identity, claim);
  if (problem !== undefined) return { ok: false, problem };
  const { loggedAtSeconds } = opened;
  const told = withoutUndefined({
    builder: statement.builder,
    invocation: identity.invocation ?? statement.invocation,
    loggedAt: loggedAtSeconds > 0 ? `${new Date(loggedAtSeconds * 1000).toISOString().slice(0, 19)}Z` : undefined,
  });
  const { repository = claim.repository, workflow = '', issuer = '' } = identity;
  const proved = { repository, commit: claim.commit, workflow, issuer, predicateType: PREDICATE_TYPE };
  return { ok: true, provenance: { ...proved, ...told } };
}

function withoutUndefined(facts: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

/**
 * What is wrong with a bundle that can be seen without knowing whose signatures count; undefined if nothing is. For
 * authors, before they submit it.
 */
export function inspectProvenance(text: string, claim: ProvenanceClaim): string | undefined {
  try {
    const bundle = bundleFromJSON(JSON.parse(text));
    if (!isBundleWithDsseEnvelope(bundle)) return 'signs no statement';
    const { payload: bytes, payloadType: type } = bundle.content.dsseEnvelope;
    const statement = readStatement({ type, bytes }, claim);
    return typeof statement === 'string' ? statement : undefined;
  } catch {
    return 'is no Sigstore bundle'; // no JSON, or of another shape: the parser throws whatever it happens to
  }
}

interface Opened {
  readonly signer: Signer;
  readonly payload: { readonly type: string; readonly bytes: Uint8Array };
  readonly loggedAtSeconds: number;
}

function open(text: string, root: TrustedRoot): Opened | { readonly problem: string } {
  try {
    const bundle: Bundle = bundleFromJSON(JSON.parse(text));
    if (!isBundleWithDsseEnvelope(bundle)) return { problem: 'signs no statement' };
    const signer = new Verifier(toTrustMaterial(root)).verify(toSignedEntity(bundle));
    const { payload, payloadType } = bundle.content.dsseEnvelope;
    const seconds = Number(bundle.verificationMaterial.tlogEntries[0]?.integratedTime ?? 0);
    return { signer, payload: { type: payloadType, bytes: payload }, loggedAtSeconds: seconds };
  } catch (error) {
    // A stranger wrote it, and the parsers below throw whatever they happen to: for all of it there is one answer.
    return { problem: `is not believed (${error instanceof Error ? error.name : 'unknown'}: ${messageOf(error)})` };
  }
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  return message.replaceAll(/[^\u0020-\u007e]+/g, ' ').slice(0, 200);
}

interface Identity {
  readonly workflow: string | undefined;
  readonly issuer: string | undefined;
  readonly repository: string | undefined;
  readonly commit: string | undefined;
  readonly invocation: string | undefined;
}

function identityOf({ identity }: Signer): Identity {
  const valueOf = (oid: string): string | undefined => {
    const found = identity?.oids?.find((one) => one.oid?.id.join('.') === oid);
    return found && utf8String(found.value);
  };
  return {
    workflow: identity?.subjectAlternativeName,
    issuer: identity?.extensions?.issuer,
    repository: valueOf(OID.repository),
    commit: valueOf(OID.commit),
    invocation: valueOf(OID.invocation),
  };
}

function problemOf(
  { workflow = '', issuer, repository, commit }: Identity,
  claim: ProvenanceClaim,
): string | undefined {
  if (issuer === undefined || !ISSUERS.includes(issuer)) return `was issued by ${issuer ?? 'nobody'}`;
  if (!workflow.startsWith('https://')) return 'is signed by no workflow';
  if (repository === undefined) return 'is signed by a workflow of no repository';
  if (!isSameRepository(repository, claim.repository)) return `is signed by a workflow of ${repository}`;
  return commit === claim.commit ? undefined : `is signed at commit ${commit ?? 'unknown'}`;
}

/** @source X.690 §8.1.3, §8.23: a tag, a length in one to three bytes, and the text */
function utf8String(der: Uint8Array): string | undefined {
  const [tag, first = 0, second = 0, third = 0] = der;
  if (tag !== 0x0c) return undefined;
  if (first < 0x80) return decode(der, 2, first);
  return first === 0x81 ? decode(der, 3, second) : first === 0x82 ? decode(der, 4, second * 256 + third) : undefined;
}

function decode(der: Uint8Array, start: number, length: number): string | undefined {
  return der.length === start + length ? new TextDecoder().decode(der.subarray(start)) : undefined;
}
