export { parsePublisher, readGitSetting, type GitSettingOptions } from './publisher.ts';
export { resolveRemote } from './remote.ts';
export { readSource } from './source.ts';
export { submitVersion, type Submission, type SubmitOptions, type Submitted } from './submit.ts';
