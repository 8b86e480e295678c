import { ARCHIVE_ERRORS, type ArchiveFacts } from './archive.ts';
import type { ErrorEntries } from './entry.ts';
import { GENERAL_ERRORS, type GeneralFacts } from './general.ts';
import { INSTALL_ERRORS, type InstallFacts } from './install.ts';
import { LOADER_ERRORS, type LoaderFacts } from './loader.ts';
import { PIPELINE_ERRORS, type PipelineFacts } from './pipeline.ts';
import { PUBLISH_ERRORS, type PublishFacts } from './publish.ts';
import { REGISTRY_ERRORS, type RegistryFacts } from './registry.ts';

/** Code → the facts its text needs. Codes are public: added, never renamed. */
export interface ErrorFacts
  extends GeneralFacts, RegistryFacts, ArchiveFacts, InstallFacts, PublishFacts, PipelineFacts, LoaderFacts {}

export type ErrorCode = keyof ErrorFacts;

export const ERRORS: ErrorEntries<ErrorFacts> = {
  ...GENERAL_ERRORS,
  ...REGISTRY_ERRORS,
  ...ARCHIVE_ERRORS,
  ...INSTALL_ERRORS,
  ...PUBLISH_ERRORS,
  ...PIPELINE_ERRORS,
  ...LOADER_ERRORS,
};
