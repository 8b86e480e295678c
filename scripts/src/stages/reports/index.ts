export { readReportList, readReportPart, type ReportPart } from './report-list.ts';
export { makeReports, reportFile } from './run.ts';
