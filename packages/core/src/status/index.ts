export { checkOwnerChange, type ChangeSubmitter, type KnownIndex } from './check-change.ts';
export type { ChangeKind, OwnedPlugin, OwnerChange, PlannedChange } from './change.ts';
export { planDeprecate, planUndeprecate } from './deprecate.ts';
export { planTagAdd, planTagRemove } from './dist-tags.ts';
export { planEdit, type MetadataEdit } from './metadata.ts';
export { parseAccount, planOwnerAdd, planOwnerRemove, planTransfer, type NamedAccount } from './owners.ts';
export { parseExact, parsePlugin, parseSelection, type Selection, type SelectionSpec } from './select-versions.ts';
export { toSubmission, type OwnerSubmission } from './submission.ts';
export { planUnyank, planYank } from './yank.ts';
