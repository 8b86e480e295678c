export { auditProject, type ProjectAudit } from './audit-project.ts';
export { writeSarif } from './write-sarif.ts';
