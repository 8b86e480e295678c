export { auditPlugins, type AuditedPlugin, type AuditFinding } from './audit.ts';
export { auditToSarif } from './sarif.ts';
export { isAtLeast, isVector, severityOf, SEVERITIES, type FoundSeverity, type Severity } from './severity.ts';
