export { parsePublisher, readGitSetting, type GitSettingOptions } from './publisher.ts';
export { releaseUpload, type ReleaseUpload } from './release-upload.ts';
export { resolveRemote } from './remote.ts';
export { readSource } from './source.ts';
export { submitVersion, type ArchiveUpload, type Submission, type SubmitOptions, type Submitted } from './submit.ts';
