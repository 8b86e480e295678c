export { REPORT_KINDS, reportPlace, type PluginReport, type ReportKind, type ReportPlace } from './report-url.ts';
