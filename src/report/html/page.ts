import { escapeHtml, scriptJson } from './escape-html.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';
import type { StepperData } from './stepper-data.ts';

/** The page loads nothing, from nowhere. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

export interface Page {
  /** Plain text. */
  readonly title: string;
  /** HTML, as `main` is. */
  readonly header: string;
  readonly main: string;
  readonly steppers: readonly StepperData[];
  /** Styles besides those of every page. */
  readonly style?: string;
}

/** A page that needs nothing else. */
export function pageHtml({ title, header, main, steppers, style }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>
${PAGE_STYLE}${style === undefined ? '' : `\n${style}`}
</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
${header}
</header>
<main>
${main}
</main>
<script type="application/json" id="steppers">${scriptJson(steppers)}</script>
<script>
${PAGE_SCRIPT}
</script>
</body>
</html>
`;
}
