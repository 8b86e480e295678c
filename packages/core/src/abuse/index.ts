export {
  REPORT_KINDS,
  appealPlace,
  reportPlace,
  type PluginReport,
  type ReportKind,
  type ReportPlace,
} from './report-url.ts';
