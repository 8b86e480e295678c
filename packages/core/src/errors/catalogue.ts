import { ARCHIVE_ERRORS, type ArchiveFacts } from './archive.ts';
import { BUNDLE_ERRORS, type BundleFacts } from './bundle.ts';
import { COMMAND_LINE_ERRORS, type CommandLineFacts } from './command-line.ts';
import type { ErrorEntries } from './entry.ts';
import { GENERAL_ERRORS, type GeneralFacts } from './general.ts';
import { GITHUB_ERRORS, type GitHubFacts } from './github.ts';
import { INSTALL_ERRORS, type InstallFacts } from './install.ts';
import { LOADER_ERRORS, type LoaderFacts } from './loader.ts';
import { OSV_ERRORS, type OsvFacts } from './osv.ts';
import { PIPELINE_ERRORS, type PipelineFacts } from './pipeline.ts';
import { PUBLISH_ERRORS, type PublishFacts } from './publish.ts';
import { REGISTRY_ERRORS, type RegistryFacts } from './registry.ts';
import { SOURCE_ERRORS, type SourceFacts } from './sources.ts';
import { STATS_ERRORS, type StatsFacts } from './stats.ts';
import { STATUS_ERRORS, type StatusFacts } from './status.ts';
import { TRANSPARENCY_ERRORS, type TransparencyFacts } from './transparency.ts';
import { TRUST_ERRORS, type TrustFacts } from './trust.ts';
import { USAGE_ERRORS, type UsageFacts } from './usage.ts';

/** Code → the facts its text needs. Codes are public: added, never renamed. */
export interface ErrorFacts
  extends
    GeneralFacts,
    CommandLineFacts,
    RegistryFacts,
    ArchiveFacts,
    BundleFacts,
    InstallFacts,
    PublishFacts,
    GitHubFacts,
    PipelineFacts,
    OsvFacts,
    LoaderFacts,
    SourceFacts,
    StatsFacts,
    StatusFacts,
    TransparencyFacts,
    TrustFacts,
    UsageFacts {}

export type ErrorCode = keyof ErrorFacts;

export const ERRORS: ErrorEntries<ErrorFacts> = {
  ...GENERAL_ERRORS,
  ...COMMAND_LINE_ERRORS,
  ...REGISTRY_ERRORS,
  ...ARCHIVE_ERRORS,
  ...BUNDLE_ERRORS,
  ...INSTALL_ERRORS,
  ...PUBLISH_ERRORS,
  ...GITHUB_ERRORS,
  ...PIPELINE_ERRORS,
  ...OSV_ERRORS,
  ...LOADER_ERRORS,
  ...SOURCE_ERRORS,
  ...STATS_ERRORS,
  ...STATUS_ERRORS,
  ...TRANSPARENCY_ERRORS,
  ...TRUST_ERRORS,
  ...USAGE_ERRORS,
};
