import junitReportBuilder, { type Builder } from 'junit-report-builder';

/** The package's declarations say `export default`, but its CommonJS module is the builder itself. */
export function emptyReport(): Builder {
  return (junitReportBuilder as unknown as Builder).newBuilder();
}
